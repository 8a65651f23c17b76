package tranzr.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SharePasswordTest {

    private final SharePassword passwords = new SharePassword(1000, new Random(1));

    @Test
    void the_right_password_matches_and_no_other() throws Exception {
        String stored = passwords.hash("Correct horse");
        assertTrue(passwords.matches("Correct horse", stored));
        assertFalse(passwords.matches("correct horse", stored));
        assertFalse(passwords.matches("Correct horse ", stored));
        assertFalse(passwords.matches("", stored));
        assertFalse(passwords.matches("Correct horse", null));
    }

    @Test
    void the_stored_form_names_scheme_and_iterations_and_has_a_salt_of_its_own() throws Exception {
        String stored = passwords.hash("secret");
        String[] parts = stored.split("\\$");
        assertEquals("pbkdf2-sha256", parts[0]);
        assertEquals("1000", parts[1]);
        assertEquals(16, Base64.getDecoder().decode(parts[2]).length);
        assertEquals(32, Base64.getDecoder().decode(parts[3]).length);
        assertNotEquals(stored, passwords.hash("secret"));
    }

    @Test
    void the_hash_is_that_of_the_published_test_vector() throws Exception {
        // PBKDF2-HMAC-SHA256 of "passwd" with salt "salt", one iteration (RFC 7914, 11), first 32 bytes.
        String hash = Base64.getEncoder().encodeToString(
                java.util.HexFormat.of().parseHex("55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"));
        String salt = Base64.getEncoder().encodeToString("salt".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        assertTrue(passwords.matches("passwd", "pbkdf2-sha256$1$" + salt + "$" + hash));
    }

    @Test
    void both_ways_to_compose_a_letter_are_one_password() throws Exception {
        assertTrue(passwords.matches("Zu\u0308rich", passwords.hash("Z\u00fcrich")));
        assertTrue(passwords.matches("Z\u00fcrich", passwords.hash("Zu\u0308rich")));
    }

    @Test
    void a_password_that_cannot_be_typed_or_is_too_long_is_refused_before_it_is_hashed() throws Exception {
        assertNull(SharePassword.objection("x"));
        assertNull(SharePassword.objection("u\u0308".repeat(128)));
        assertNull(SharePassword.objection("\ud83d\ude00".repeat(128)));
        for (String bad : List.of("", "x".repeat(129), "\ud83d\ude00".repeat(129), "x".repeat(10_000_000), "a\nb", "a\u0000", "\ud83d")) {
            assertThrows(IllegalArgumentException.class, () -> passwords.hash(bad));
            assertFalse(passwords.matches(bad, "never looked at"));
        }
    }

    @Test
    void a_damaged_stored_form_is_an_error_and_not_a_wrong_password() throws Exception {
        String good = passwords.hash("x");
        for (String bad : List.of("", "x", good + "$", good.replace("pbkdf2-sha256", "md5"), good.replace("1000", "0"),
                good.replace("1000", "999999999"), good.substring(0, good.length() - 4))) {
            assertThrows(IllegalArgumentException.class, () -> passwords.matches("x", bad), bad);
        }
    }

    @Test
    void what_was_made_with_fewer_iterations_still_matches_and_is_to_be_hashed_anew() throws Exception {
        String old = new SharePassword(500, new Random(2)).hash("x");
        assertTrue(passwords.matches("x", old));
        assertTrue(passwords.needsRehash(old));
        assertFalse(passwords.needsRehash(passwords.hash("x")));
    }

    @Test
    void a_generated_password_has_125_bits_in_symbols_that_do_not_look_alike() {
        String password = SharePassword.generate(new Random(1));
        assertTrue(password.matches("([a-km-np-z2-9]{5}-){4}[a-km-np-z2-9]{5}"), password);
        assertNull(SharePassword.objection(password));
        assertNotEquals(password, SharePassword.generate(new Random(2)));
    }

    @Test
    void callers_beyond_a_short_queue_are_turned_away_and_the_waiting_ones_are_served() throws Exception {
        Semaphore slots = new Semaphore(1);
        SharePassword queued = new SharePassword(1, new Random(1), slots);
        String stored = queued.hash("x");
        slots.acquire();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> waiting = new ArrayList<>();
            for (int i = 0; i < 9; i++) {
                waiting.add(threads.submit(() -> queued.matches("x", stored)));
            }
            while (slots.getQueueLength() < 9) {
                Thread.onSpinWait();
            }
            SharePassword.BusyException busy = assertThrows(SharePassword.BusyException.class, () -> queued.matches("x", stored));
            assertTrue(busy.retryAfter().compareTo(Duration.ofSeconds(1)) >= 0);
            slots.release();
            for (Future<Boolean> each : waiting) {
                assertTrue(each.get(10, TimeUnit.SECONDS));
            }
        }
        assertTrue(queued.matches("x", stored));
    }
}
