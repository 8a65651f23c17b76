package tranzr.security;

import java.time.Instant;
import java.util.List;
import tranzr.fuzz.Expect;
import tranzr.fuzz.FuzzTarget;
import tranzr.fuzz.Target;

/** Secrets and codes of second factors. */
public final class TotpFuzz {

    private static final String SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private TotpFuzz() {
    }

    public static List<FuzzTarget> targets() {
        return List.of(
                Target.of("base32", "tranzr.security.Base32").seeds(SECRET, "MZXW6YTBOI", "MY", "").words("A", "7", "1", "=", "a").latin(TotpFuzz::base32),
                Target.of("totp-code", "tranzr.security.Totp").seeds(Totp.code(SECRET, NOW), "123456", "000000").words("0", "9", " ", "\u0661", "\uff11").text(TotpFuzz::code));
    }

    /** Each text that is taken is the only one of its bytes. */
    private static void base32(String text) {
        try {
            Expect.same(text, Base32.encode(Base32.decode(text)), "again");
        } catch (IllegalArgumentException e) {
            Expect.that(!e.getMessage().isBlank(), "a refusal without words");
        }
    }

    private static void code(String text) {
        boolean right = Totp.accept(SECRET, text, NOW, 0).isPresent();
        boolean expected = List.of(-30, 0, 30).stream().map(seconds -> Totp.code(SECRET, NOW.plusSeconds(seconds))).anyMatch(text::equals);
        Expect.same(expected, right, "whether it is the code of now");
        Expect.that(!right || Totp.isCode(text), "a code that does not look like one");
    }
}
