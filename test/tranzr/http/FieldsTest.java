package tranzr.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tranzr.model.Digest;

/** The header fields with a grammar of their own. */
class FieldsTest {

    private static final Digest DIGEST = Digest.sha256("x".getBytes(StandardCharsets.UTF_8));

    @Test
    void aSha256DigestIsFoundAmongOthers() {
        String member = "sha-256=:" + DIGEST.base64() + ":";
        assertEquals(Optional.of(DIGEST), DigestFields.sha256("Content-Digest", List.of(member)));
        assertEquals(Optional.of(DIGEST), DigestFields.sha256("Content-Digest", List.of("md5=:AAAA:", "sha-512=:AAAA:;q=1 , " + member + ";a")));
        assertEquals(Optional.empty(), DigestFields.sha256("Content-Digest", List.of("sha-512=:AAAA:")));
        assertEquals(Optional.empty(), DigestFields.sha256("Content-Digest", List.of()));
        // The CRC-32C of "123456789" is e3069283.
        assertEquals(Optional.of(0xe3069283), DigestFields.crc32c("Content-Digest", List.of(member, "crc32c=:4waSgw==:")));
        assertEquals(Optional.of(0xe3069283), DigestFields.crc32c("Content-Digest", List.of("crc32c=:AAAAAA==:, crc32c=:4waSgw==:;a=b")));
        assertEquals(Optional.empty(), DigestFields.crc32c("Content-Digest", List.of(member)));
        for (String bad : List.of("crc32c=:4waSgw:", "crc32c=:4waSgwA=:", "crc32c=:4waSg===:", "crc32c=:e3069283:", "crc32c=4waSgw==", "crc32c=::")) {
            assertThrows(BadRequestException.class, () -> DigestFields.crc32c("Content-Digest", List.of(bad)), bad);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "sha-256", "sha-256=abc", "sha-256=::", "sha-256=:AAAA:", "sha-256=:????????????????????????????????????????????:",
        "SHA-256=:AAAA:", "sha-256=:", "=:AAAA:", "md5=:AAAA:,", "sha-256=:n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg:x",
        "sha-256=:n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg:"})
    void malformedDigestsAreRefused(String line) {
        BadRequestException refusal = assertThrows(BadRequestException.class, () -> DigestFields.sha256("Repr-Digest", List.of(line)));
        assertEquals("invalid_digest", refusal.code());
        assertEquals("Repr-Digest", refusal.field());
    }

    @Test
    void entityTagsAreComparedAsTheirFieldDemands() {
        String tag = "\"abc\"";
        assertTrue(EntityTags.noneMatchFails(List.of("\"x\", W/\"abc\""), tag));
        assertTrue(EntityTags.noneMatchFails(List.of("*"), tag));
        assertFalse(EntityTags.noneMatchFails(List.of("\"ab\"", "\"abc,\""), tag));
        assertFalse(EntityTags.noneMatchFails(List.of("*"), null));
        assertFalse(EntityTags.noneMatchFails(List.of(), tag));
        assertFalse(EntityTags.matchFails(List.of("\"x\"", "\"abc\""), tag));
        assertFalse(EntityTags.matchFails(List.of(), tag));
        assertTrue(EntityTags.matchFails(List.of("W/\"abc\""), tag));
        assertTrue(EntityTags.matchFails(List.of("*"), null));
        assertTrue(EntityTags.allowsRange(Optional.empty(), tag));
        assertTrue(EntityTags.allowsRange(Optional.of("\"abc\""), tag));
        assertFalse(EntityTags.allowsRange(Optional.of("W/\"abc\""), tag));
        assertFalse(EntityTags.allowsRange(Optional.of("Sat, 29 Oct 1994 19:43:31 GMT"), tag));
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '~', value = {"report.txt,attachment; filename=\"report.txt\"", "a b;c=d.txt,attachment; filename=\"a b;c=d.txt\"",
        "naïve €.txt,attachment; filename=\"na_ve _.txt\"; filename*=UTF-8''na%C3%AFve%20%E2%82%AC.txt",
        "a\"b\\c.txt,attachment; filename=\"a_b_c.txt\"; filename*=UTF-8''a%22b%5Cc.txt", "50%41.txt,attachment; filename=\"50_41.txt\"; filename*=UTF-8''50%2541.txt",
        "👩.png,attachment; filename=\"_.png\"; filename*=UTF-8''%F0%9F%91%A9.png"})
    void aDownloadIsNamedForOldAndNewClients(String name, String expected) {
        assertEquals(expected, ContentDisposition.attachment(name));
    }

    @Test
    void noNameBreaksOutOfTheDisposition() {
        String value = ContentDisposition.attachment("a\r\nSet-Cookie: x=\"y\"\0\ud800.html");
        assertTrue(value.chars().allMatch(c -> c >= ' ' && c < 0x7f));
        assertEquals("attachment", HeaderParameters.parse(value, false).value());
        assertEquals(2, HeaderParameters.parse(value, false).parameters().size());
    }
}
