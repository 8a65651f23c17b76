package tranzr.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tranzr.security.Tokens.Kind;

class TokensTest {

    @Test
    void a_token_is_32_random_bytes_in_base64url_behind_a_prefix_that_tells_its_kind() {
        assertTrue(Tokens.create(Kind.ACCESS, new SecureRandom()).matches("tzk_[A-Za-z0-9_-]{43}"));
        assertTrue(Tokens.create(Kind.DELETE, new SecureRandom()).matches("tzd_[A-Za-z0-9_-]{43}"));
        assertTrue(Tokens.create(Kind.SHARE, new SecureRandom()).matches("[A-Za-z0-9_-]{43}"));
    }

    @Test
    void all_of_a_token_comes_from_the_given_randomness() {
        String token = Tokens.create(Kind.SHARE, new Random(1));
        assertEquals(token, Tokens.create(Kind.SHARE, new Random(1)));
        assertNotEquals(token, Tokens.create(Kind.SHARE, new Random(2)));
    }

    @Test
    void the_hash_is_the_sha_256_of_the_text() {
        assertEquals("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", Tokens.hash("abc").hex());
    }
}
