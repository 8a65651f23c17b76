package tranzr.api.tus;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import tranzr.api.ErrorCode;
import tranzr.http.BadRequestException;
import tranzr.http.Request;
import tranzr.model.HashAlgorithm;
import tranzr.transfer.DigestClaim;

/** {@code Upload-Checksum} (tus 1.0.0, "Checksum"): the name of an algorithm, a space, and the base64 of the body's checksum. */
final class UploadChecksum {

    static final String FIELD = "Upload-Checksum";
    /** As {@code Tus-Checksum-Algorithm} lists them. */
    static final String ALGORITHMS = "sha256,sha1,md5,crc32c";

    private static final int CRC_BYTES = 4;

    private UploadChecksum() {
    }

    /** What the request says of its body. @throws BadRequestException {@code invalid_digest}, before any byte of the body is read */
    static DigestClaim of(Request request) {
        // "Do not announce" does not keep a client from trying: a checksum that nobody looks at would be worse than none.
        for (String line : request.headers("Trailer")) {
            if (List.of(line.toLowerCase(Locale.ROOT).split("[,\\s]+")).contains("upload-checksum")) {
                throw invalid("cannot come as a trailer here; send it in the head");
            }
        }
        // What came of a body that breaks off cannot be checked, and whoever sends checksums wants nothing kept that is not what it sent.
        return request.header(FIELD).map(UploadChecksum::parse).map(DigestClaim::onlyOfTheWhole).orElse(DigestClaim.NONE);
    }

    /** @throws BadRequestException {@code invalid_digest} for an algorithm that is not known, and for what is no checksum of it */
    static DigestClaim parse(String text) {
        String[] words = text.strip().split(" ", -1);
        if (words.length != 2) {
            throw invalid("must be the name of an algorithm, a space, and a checksum in base64");
        }
        return switch (words[0]) {
            case "sha256" -> claim(HashAlgorithm.SHA_256, words[1]);
            case "sha1" -> claim(HashAlgorithm.SHA_1, words[1]);
            case "md5" -> claim(HashAlgorithm.MD5, words[1]);
            case "crc32c" -> DigestClaim.of(null, ByteBuffer.wrap(decode(words[1], CRC_BYTES)).getInt());
            default -> throw invalid("names an algorithm that is not one of " + ALGORITHMS);
        };
    }

    private static DigestClaim claim(HashAlgorithm algorithm, String base64) {
        return DigestClaim.of(algorithm, decode(base64, algorithm.length()));
    }

    private static byte[] decode(String base64, int length) {
        try {
            byte[] bytes = Base64.getDecoder().decode(base64);
            if (bytes.length == length) {
                return bytes;
            }
        } catch (IllegalArgumentException e) {
            throw invalid("has a checksum that is not base64");
        }
        throw invalid("has a checksum that has not the " + length + " bytes of its algorithm");
    }

    private static BadRequestException invalid(String why) {
        return ErrorCode.INVALID_DIGEST.refusal(FIELD, FIELD + ": " + why);
    }
}
