package tranzr.security;

import java.time.Instant;
import java.util.List;
import java.util.Random;
import tranzr.fuzz.Expect;
import tranzr.fuzz.FuzzTarget;
import tranzr.fuzz.Target;

/** Passwords, and the form in which they are kept. */
public final class PasswordFuzz {

    private static final Instant GRANTED = Instant.ofEpochSecond(1_800_000_000L);
    private static final String GRANT = LinkGrant.of("token", "stored", GRANTED);

    private static final SharePassword PASSWORDS = new SharePassword(2, new Random(1));

    private PasswordFuzz() {
    }

    public static List<FuzzTarget> targets() {
        return List.of(
                Target.of("stored-password", "tranzr.security.SharePassword").seeds("pbkdf2-sha256$2$c2FsdA$" + "A".repeat(43), "pbkdf2-sha256$600000$c2FsdHNhbHRzYWx0$" + "A".repeat(43) + "=")
                        .words("$", "pbkdf2-sha256", "=", "-", "99999999", "0").latin(PasswordFuzz::stored),
                Target.of("link-grant", "tranzr.security.LinkGrant").seeds(GRANT, GRANT.replace('.', '-'), "9." + "A".repeat(43), "999999999999." + "_".repeat(43))
                        .words(".", "-", "0", "99999999999999999999", "=", "\u0000").text(PasswordFuzz::grant),
                Target.of("password", "tranzr.security.SharePassword").seeds("correct horse", "Zu\u0308rich", "x".repeat(128), "\ufdfa".repeat(7), "😀").inputs(3_000)
                        .words("\u0308", "\u0344", "\ufb2c", "\u0000", "\u1100\u1161").text(PasswordFuzz::password));
    }

    /** Nothing but the very text opens anything. */
    private static void grant(String text) {
        Expect.that(LinkGrant.holds(text, "token", "stored", GRANTED.minusSeconds(1)) == text.equals(GRANT), "a grant that was not given: " + text);
        Expect.that(!LinkGrant.holds(text, "token", "stored", GRANTED) && !LinkGrant.holds(text, "token", null, GRANTED.minusSeconds(1))
                && !LinkGrant.holds(text, "token2", "stored", GRANTED.minusSeconds(1)), "a grant of something else: " + text);
    }

    private static void stored(String text) throws SharePassword.BusyException {
        try {
            PASSWORDS.needsRehash(text);
        } catch (IllegalArgumentException e) {
            return;
        }
        String[] parts = text.split("\\$", -1);
        Expect.that(parts.length == 4 && Integer.parseInt(parts[1]) <= 100_000_000, "a cost nobody chose: " + text);
        if (parts[1].length() <= 2) { // more costs what it is there for
            PASSWORDS.matches("password", text);
        }
    }

    private static void password(String text) throws SharePassword.BusyException {
        if (SharePassword.objection(text) != null) {
            Expect.that(!SharePassword.objection(text).isBlank(), "an objection without words");
            Expect.that(!PASSWORDS.matches(text, "never looked at"), "it matches although it cannot be one");
            return;
        }
        String stored = PASSWORDS.hash(text);
        Expect.that(PASSWORDS.matches(text, stored), "a password that does not match itself");
        Expect.that(!PASSWORDS.needsRehash(stored), "stored with other iterations");
        Expect.that(SharePassword.objection(text + "x") != null || !PASSWORDS.matches(text + "x", stored), "another password matches");
    }
}
