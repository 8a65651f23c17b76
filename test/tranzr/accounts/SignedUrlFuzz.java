package tranzr.accounts;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tranzr.fuzz.Expect;
import tranzr.fuzz.FuzzTarget;
import tranzr.fuzz.Target;
import tranzr.model.ByteRange;
import tranzr.model.SigningKey;
import tranzr.security.SignedUrl;

/** Signed addresses: whatever is made of one that holds, nothing else does. */
public final class SignedUrlFuzz {

    private static final UUID FILE = UUID.fromString("0f8fad5b-d9cb-469f-a165-70867728950e");
    private static final String BY = "t00000000-0000-0000-0000-000000000000.00112233445566778899aabbccddeeff";
    private static final SigningKey KEY = new SigningKey(SigningKey.idOf(681), "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY", Instant.EPOCH);
    private static final List<String> SIGNED = List.of(sign(FILE + "/1", new ByteRange(0, 400), null), sign(FILE + "/12", new ByteRange(1L << 40, 1L << 41), null),
            sign(FILE + "/gr%C3%BC%C3%9Fe.bin", null, null), sign(FILE + "/file.bin", null, FILE));

    private SignedUrlFuzz() {
    }

    private static String sign(String path, ByteRange part, UUID once) {
        return SignedUrl.sign(SigningKeys.bytes(KEY), "PUT", SignedAddress.PREFIX + path, SignedAddress.query(KEY, BY, part, once, 1_767_226_500L));
    }

    public static List<FuzzTarget> targets() {
        return List.of(Target.of("signed-url", "tranzr.accounts.SignedAddress").seeds(SIGNED.toArray(String[]::new))
                .words("&", "=", "?", "/", "%", "key=", "by=", "once=", "offset=", "length=", "expires=", "signature=", "9".repeat(19), "-", ".", "681").latin(SignedUrlFuzz::read));
    }

    private static void read(String text) {
        int question = text.indexOf('?');
        String path = question < 0 ? text : text.substring(0, question);
        String query = question < 0 ? "" : text.substring(question + 1);
        Optional<SignedAddress> read = SignedAddress.read("PUT", path, query, number -> number == 681 ? KEY : null);
        Expect.same(SIGNED.contains(text), read.isPresent(), "whether it holds");
        read.ifPresent(address -> Expect.same(text, SignedUrl.sign(SigningKeys.bytes(KEY), "PUT", SignedAddress.PREFIX + address.file() + "/" + address.name(),
                SignedAddress.query(address.key(), address.by(), address.part(), address.once(), address.expires())), "again"));
        Expect.that(SignedAddress.read("GET", path, query, _ -> KEY).isEmpty(), "it holds for another method");
    }
}
