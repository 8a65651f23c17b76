package tranzr.security;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TotpTest {

    private static final byte[] KEY = "12345678901234567890".getBytes(StandardCharsets.US_ASCII);
    private static final String SECRET = Base32.encode(KEY);
    private static final Instant NOW = Instant.parse("2026-01-01T12:00:10Z");

    /** RFC 6238, appendix B, the rows of SHA-1. */
    @ParameterizedTest
    @CsvSource({"59,94287082", "1111111109,07081804", "1111111111,14050471", "1234567890,89005924", "2000000000,69279037", "20000000000,65353130"})
    void codesAreThoseOfTheStandard(long second, String code) {
        assertEquals(code, Totp.code(KEY, second / 30, 8));
        assertEquals(code.substring(2), Totp.code(SECRET, Instant.ofEpochSecond(second)));
    }

    /** RFC 4226, appendix D. */
    @ParameterizedTest
    @CsvSource({"0,755224", "1,287082", "2,359152", "3,969429", "4,338314", "5,254676", "6,287922", "7,162583", "8,399871", "9,520489"})
    void codesByCounterAreThoseOfTheStandard(long counter, String code) {
        assertEquals(code, Totp.code(KEY, counter, 6));
    }

    @Test
    void oneStepEitherSideIsAcceptedAndNoMore() {
        long present = NOW.getEpochSecond() / 30;
        for (int away = -5; away <= 5; away++) {
            OptionalLong accepted = Totp.accept(SECRET, Totp.code(SECRET, NOW.plusSeconds(30L * away)), NOW, 0);
            assertEquals(Math.abs(away) <= 1 ? OptionalLong.of(present + away) : OptionalLong.empty(), accepted, away + " steps away");
        }
    }

    @Test
    void neitherTheLastCodeNorAnOlderOneIsAcceptedAgain() {
        long present = NOW.getEpochSecond() / 30;
        String before = Totp.code(SECRET, NOW.minusSeconds(30));
        String code = Totp.code(SECRET, NOW);
        String after = Totp.code(SECRET, NOW.plusSeconds(30));
        assertTrue(Totp.accept(SECRET, code, NOW, present - 1).isPresent());
        assertTrue(Totp.accept(SECRET, code, NOW, present).isEmpty());
        assertTrue(Totp.accept(SECRET, before, NOW, present).isEmpty());
        assertTrue(Totp.accept(SECRET, after, NOW, present).isPresent());
        assertTrue(Totp.accept(SECRET, after, NOW, present + 1).isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "12345", "1234567", "12345a", "123 456", "-12345", "１２３４５６", "+12345", "12345\n"})
    void whatIsNoCodeIsToldApart(String text) {
        assertFalse(Totp.isCode(text));
        assertTrue(Totp.accept(SECRET, text, NOW, 0).isEmpty());
    }

    @Test
    void aSecretHas160RandomBitsInBase32() {
        String secret = Totp.newSecret(new Random(1));
        assertEquals(32, secret.length());
        assertEquals(20, Base32.decode(secret).length);
        assertFalse(secret.equals(Totp.newSecret(new Random(2))));
        assertTrue(Totp.isCode(Totp.code(secret, NOW)));
    }

    @Test
    void theUriIsWhatAuthenticatorsRead() {
        assertEquals("otpauth://totp/Tranzr:Anna%20%26%20Co%3A1?secret=ABC&issuer=Tranzr&algorithm=SHA1&digits=6&period=30", Totp.uri("ABC", "Tranzr", "Anna & Co:1"));
    }

    /** RFC 4648, section 10, without the padding. */
    @ParameterizedTest
    @CsvSource({"'',''", "f,MY", "fo,MZXQ", "foo,MZXW6", "foob,MZXW6YQ", "fooba,MZXW6YTB", "foobar,MZXW6YTBOI"})
    void base32IsThatOfTheStandard(String text, String encoded) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        assertEquals(encoded, Base32.encode(bytes));
        assertArrayEquals(bytes, Base32.decode(encoded));
    }

    @ParameterizedTest
    @ValueSource(strings = {"M", "MZ", "my", "M1", "MY======", "MZXW6A", "MZX", "MZXW6YQB1"})
    void whatIsNoBase32IsRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> Base32.decode(text));
    }

    @Test
    void anyBytesComeBackFromBase32() {
        Random random = new Random(7);
        for (int length = 0; length < 100; length++) {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            assertArrayEquals(bytes, Base32.decode(Base32.encode(bytes)));
        }
    }
}
