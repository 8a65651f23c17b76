package tranzr.api.tus;

import java.util.Arrays;
import java.util.List;
import tranzr.fuzz.Expect;
import tranzr.fuzz.FuzzTarget;
import tranzr.fuzz.Target;
import tranzr.http.BadRequestException;
import tranzr.transfer.DigestClaim;

/** Header fields of tus. */
public final class TusFuzz {

    private TusFuzz() {
    }

    public static List<FuzzTarget> targets() {
        return List.of(
                Target.of("tus-metadata", "tranzr.api.tus.Metadata").seeds("filename d29ybGRfZG9taW5hdGlvbl9wbGFuLnBkZg==,is_confidential", "a ,b, c AP8=", "name eA==\nfiletype aW1hZ2UvcG5n",
                        "share_max_downloads MQ==,share_password cHc=").words(",", " ", "=", "==", "\n", "filename", "name", "share", "share_", "\u00ff", "sha256 ", "priority bG93").latin(TusFuzz::metadata),
                Target.of("tus-checksum", "tranzr.api.tus.UploadChecksum").seeds("sha1 2jmj7l5rSw0yVb/vlWAYkK/YBwk=", "crc32c AAAAAA==", "md5 1B2M2Y8AsgTpgAmy7PhCfg==",
                        "sha256 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=").words("sha1", "md5", "crc32c", "sha256", " ", "=", "-", "_").latin(TusFuzz::checksum),
                Target.of("tus-number", "tranzr.api.tus.TusFields").seeds("0", "1000", "9223372036854775807", "9223372036854775808").words("-", "+", ".", "e", "0", " ", "\u0660").text(TusFuzz::number),
                Target.of("tus-concat", "tranzr.api.tus.Concatenation").seeds("partial", "final;/tus/6ba7b810-9dad-41d1-80b4-00c04fd430c8",
                        "final;https://example.org/x/tus/6ba7b810-9dad-41d1-80b4-00c04fd430c8 /tus/6ba7b810-9dad-41d1-80b4-00c04fd430c9").words("partial", "final;", " ", "\t", "/tus/", "http://", "//", "..", "?", "#", "%2f", "/").latin(TusFuzz::concatenation));
    }

    private static void concatenation(String text) {
        Concatenation concatenation;
        try {
            concatenation = Concatenation.parse(text);
        } catch (BadRequestException e) {
            Expect.that(e.status() == 400 && e.code().equals("invalid_value") || e.status() == 404 && e.code().equals("not_found"), "refused as " + e.status() + " " + e.code());
            return;
        }
        Expect.that(concatenation.raw().equals(text.strip()) && concatenation.raw().length() <= Concatenation.MAX_LENGTH, "other than what came is kept");
        Expect.that(concatenation.isPartial() == concatenation.raw().equals("partial"), "a part that is none");
        for (java.util.UUID part : concatenation.parts()) {
            Expect.that(text.toLowerCase(java.util.Locale.ROOT).contains("/tus/" + part), "a part that did not come: " + part);
        }
        Expect.same(concatenation, Concatenation.parse(concatenation.raw()), "when read again");
    }

    private static void foreseen(BadRequestException e, String code) {
        Expect.that(e.status() == 400 && e.code().equals(code), "refused as " + e.status() + " " + e.code());
    }

    private static void metadata(String text) {
        Metadata metadata;
        try {
            metadata = Metadata.parse(List.of(text.split("\n", -1)));
        } catch (BadRequestException e) {
            foreseen(e, "invalid_value");
            return;
        }
        Expect.that(metadata.raw().length() <= Metadata.MAX_LENGTH, "more is kept than may be");
        Metadata again = Metadata.parse(List.of(metadata.raw()));
        Expect.same(List.copyOf(metadata.keys()), List.copyOf(again.keys()), "the keys when read again");
        for (String key : metadata.keys()) {
            Expect.that(!key.isEmpty() && key.indexOf(' ') < 0 && key.indexOf(',') < 0, "a key that is none: " + key);
            try {
                Expect.same(metadata.text(key), again.text(key), "the value when read again");
            } catch (BadRequestException e) {
                foreseen(e, "invalid_value");
            }
        }
        try {
            LinkWish.of(metadata);
        } catch (BadRequestException e) {
            foreseen(e, "invalid_value");
        }
    }

    private static void checksum(String text) {
        DigestClaim claim;
        try {
            claim = UploadChecksum.parse(text);
        } catch (BadRequestException e) {
            foreseen(e, "invalid_digest");
            return;
        }
        Expect.that(claim.isAny(), "a checksum that nobody looks at");
        Expect.that(Arrays.asList(UploadChecksum.ALGORITHMS.split(",")).contains(text.strip().split(" ")[0]), "an algorithm that is not told");
        if (claim.possible()) {
            Expect.same(claim.algorithm().length(), claim.value().get().length, "bytes of the digest");
        }
    }

    private static void number(String text) {
        long number;
        try {
            number = TusFields.parse("Upload-Offset", text);
        } catch (BadRequestException e) {
            foreseen(e, "invalid_value");
            return;
        }
        Expect.that(number >= 0, "a negative number");
        Expect.that(text.replaceFirst("^0+(?=.)", "").equals(Long.toString(number)), "another number: " + number);
    }
}
