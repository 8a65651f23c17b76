package tranzr.accounts;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import tranzr.access.Caller;
import tranzr.model.ByteRange;
import tranzr.model.Right;
import tranzr.model.SigningKey;
import tranzr.security.SignedUrl;
import tranzr.security.Tokens;
import tranzr.transfer.Core;
import tranzr.transfer.Failure;
import tranzr.transfer.FailureException;

/**
 * Addresses by which others, or programs without a token, bring one part of an upload or fetch one file, in the name of whoever had them signed: they hold as long as that one may do it itself.
 * No record is made of them, but for those that are good once. Safe for several threads.
 */
public final class SignedUrls {

    /** How long the address of a part holds. */
    public static final Duration PART_LIFE = Duration.ofMinutes(15);
    /** The longest that the address of a file may hold. */
    public static final Duration MAX_LIFE = Duration.ofDays(7);
    /** The same of one that is good once, of which a record is kept. */
    public static final Duration MAX_ONE_TIME_LIFE = OneTimeTokens.MAX_LIFE;
    private static final String BY = "signer";
    private static final String PART = "part";

    /**
     * What an address that holds allows.
     *
     * @param caller who does it
     * @param part from 1 on; 0 when it is the address of a file
     * @param range where the part lies; null when it is the address of a file
     * @param once the id of what is used up by it; null when it is good more than once
     */
    public record Granted(Caller.Signed caller, long part, ByteRange range, UUID once) {
    }

    /** What of a request is held against its address. @param length of the body, in bytes; -1 when it is not announced */
    public record Asked(String method, String rawPath, String rawQuery, long length, InetAddress from) {
    }

    private final Core core;
    private final Identities identities;
    private final OneTimeTokens onceTokens;
    private final SigningKeys keys;

    public SignedUrls(Core core, Identities identities, OneTimeTokens onceTokens, SigningKeys keys) {
        this.core = core;
        this.identities = identities;
        this.onceTokens = onceTokens;
        this.keys = keys;
    }

    /** Signs in the name of one caller, until one moment. */
    public final class Signer {
        private final SigningKey key;
        private final String by;
        private final long expires;

        private Signer(SigningKey key, String by, Instant until) {
            this.key = key;
            this.by = by;
            this.expires = until.getEpochSecond();
        }

        /** The address by which a part of an upload can be brought, from its path on. @param part from 1 on */
        public String part(UUID upload, long part, ByteRange range) {
            return sign("PUT", upload + "/" + part, range, null);
        }

        /** The address by which a file can be fetched, from its path on. @param name escaped, for the client to save it under; @param once null for more than once */
        public String file(UUID file, String name, UUID once) {
            return sign("GET", file + "/" + name, null, once);
        }

        private String sign(String method, String path, ByteRange part, UUID once) {
            return SignedUrl.sign(SigningKeys.bytes(key), method, SignedAddress.PREFIX + path, SignedAddress.query(key, by, part, once, expires));
        }
    }

    /** Fails with Forbidden for who cannot sign: what was made for one use makes nothing else. @param until to the second, not later than in {@link #MAX_LIFE} */
    public Signer signer(Caller caller, Right right, Instant until) {
        SigningKey key = keys.current();
        Identities.Signatory signatory = identities.signatory(caller).orElseThrow(() -> new FailureException(new Failure.Forbidden(right)));
        return new Signer(key, named(key, signatory), until);
    }

    /** What finds the signer again, and a mark of the secret by which it was let in: with another secret it is another. */
    private static String named(SigningKey key, Identities.Signatory signatory) {
        return signatory.id() + "." + SignedUrl.tag(SigningKeys.bytes(key), BY, signatory.id(), signatory.secret().hex());
    }

    /**
     * What a request may do by its address. Fails with SignatureInvalid, whatever the reason is. Whether the upload is still open, or the file there, is asked by who does it.
     * Takes as long for each that was not signed here.
     */
    public Granted check(Asked asked) {
        // A download is asked for by HEAD with the same address.
        String method = asked.method().equals("HEAD") ? "GET" : asked.method();
        SignedAddress address = SignedAddress.read(method, asked.rawPath(), asked.rawQuery(), number -> keys.byNumber(number).orElse(null)).orElseThrow(SignedUrls::invalid);
        Caller signer = identities.signer(address.signer(), asked.from()).orElseThrow(SignedUrls::invalid);
        boolean same = identities.signatory(signer).filter(now -> Tokens.matches(address.by(), named(address.key(), now))).isPresent();
        boolean over = core.now().getEpochSecond() >= address.expires();
        boolean otherLength = address.part() != null && address.part().length() != asked.length();
        if (!same || over || otherLength || address.once() != null && !onceTokens.isUnused(address.once())) {
            throw invalid();
        }
        core.settle();
        boolean ofPart = address.part() != null;
        return new Granted(new Caller.Signed(signer, ofPart ? Right.UPLOAD : Right.DOWNLOAD, address.file()), ofPart ? Long.parseLong(address.name()) : 0, address.part(), address.once());
    }

    /** Uses up what an address is good for once: of several who do at the same moment one succeeds. Durable on return. Fails with SignatureInvalid. */
    public void use(Granted granted) {
        if (granted.once() != null && !onceTokens.use(granted.once())) {
            throw invalid();
        }
    }

    /** Something that can be used once, in the name of the caller. Fails as {@link OneTimeTokens#create}. @param life at most {@link OneTimeTokens#MAX_LIFE} */
    public UUID once(Caller caller, UUID file, Duration life) {
        return onceTokens.create(caller, Right.DOWNLOAD, file, life).token().id();
    }

    /** What shows later that a part came here with these bytes: the CRC-32C in hexadecimal, the number of a key, and what only that key makes; without quotes. */
    public String partTag(UUID upload, long part, ByteRange range, int crc) {
        return partTag(keys.current(), upload, part, range, crc);
    }

    /** Whether a tag was given out for this part with this CRC-32C. Takes as long for a wrong one as for a right one. */
    public boolean isPartTag(String tag, UUID upload, long part, ByteRange range) {
        String[] pieces = tag.split("-", -1);
        if (pieces.length != 3 || !pieces[0].matches("[0-9a-f]{8}") || !pieces[1].matches(SignedAddress.NUMBER)) {
            return false;
        }
        return keys.byNumber(Long.parseLong(pieces[1])).filter(key ->
                Tokens.matches(tag, partTag(key, upload, part, range, Integer.parseUnsignedInt(pieces[0], 16)))).isPresent();
    }

    private static String partTag(SigningKey key, UUID upload, long part, ByteRange range, int crc) {
        String sum = "%08x".formatted(crc);
        return sum + "-" + key.number() + "-" + SignedUrl.tag(SigningKeys.bytes(key), PART, upload.toString(), Long.toString(part), Long.toString(range.start()),
                Long.toString(range.length()), sum);
    }

    static FailureException invalid() {
        return new FailureException(new Failure.SignatureInvalid());
    }
}
