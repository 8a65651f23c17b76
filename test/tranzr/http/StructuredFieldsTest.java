package tranzr.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tranzr.model.HashAlgorithm;

/** RFC 9651, section 4.2. */
class StructuredFieldsTest {

    private static Object item(String text) {
        return StructuredFields.item(List.of(text)).orElseThrow(() -> new AssertionError(text));
    }

    @Test
    void bareItemsOfEachKindAreRead() {
        assertEquals(true, item("?1"));
        assertEquals(false, item("  ?0  "));
        assertEquals(-999_999_999_999_999L, item("-999999999999999"));
        assertEquals(7L, item("007"));
        assertEquals(new BigDecimal("-123456789012.125"), item("-123456789012.125"));
        assertEquals("a\"b\\c ", item("\"a\\\"b\\\\c \""));
        assertEquals(new StructuredFields.Token("*a/b:c!"), item("*a/b:c!"));
        assertArrayEquals(new byte[] {0, 0, 0}, (byte[]) item(":AAAA:"));
        assertArrayEquals(new byte[0], (byte[]) item("::"));
        assertEquals(new StructuredFields.Date(-62_135_596_800L), item("@-62135596800"));
        assertEquals(new StructuredFields.DisplayString("fü\"r"), item("%\"f%c3%bc%22r\""));
    }

    @Test
    void parametersAreCheckedAndDropped() {
        assertEquals(1L, item("1;a;b=?0;  c=\"x;y\";*d=:AA==:"));
        assertEquals(Optional.of(true), StructuredFields.flag(List.of("?1;A".toLowerCase(java.util.Locale.ROOT))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "?", "?2", "?1 ?1", "?1,", "1.", ".5", "1.2345", "1234567890123.1", "1000000000000000", "- 1", "+1", "--1", "1;", "1;A=b", "1; ;a", "1;a=", "1 ;a", "\"a", "\"a\\b\"",
        "\"a\u00fc\"", "\"a\tb\"", ":AAA:", ":AA=A:", ":AAAA", ":A A:", "@1.5", "@", "%a", "%\"%C3%BC\"", "%\"%ff\"", "%\"%\"", "%\"a", "(1)", "\t1", "1\t", "a,b", "?1, ?1"})
    void whatBreaksTheGrammarIsNoItem(String text) {
        assertEquals(Optional.empty(), StructuredFields.item(List.of(text)));
    }

    @Test
    void aFieldOnSeveralLinesIsNoItemButOneDictionary() {
        assertEquals(Optional.empty(), StructuredFields.item(List.of("1", "1")));
        assertEquals(Optional.empty(), StructuredFields.item(List.of()));
        assertEquals(Map.of("a", 1L, "b", 2L), StructuredFields.dictionary(List.of("a=1", "b=2")).orElseThrow());
    }

    @Test
    void dictionariesHoldItemsListsAndFlags() {
        assertEquals(Map.of("a", true, "b", 3L, "*c-d_e.f1", List.of(1L, "x", new StructuredFields.Token("t")), "g", List.of()),
                StructuredFields.dictionary(List.of("a;p=1 , b=2,b=3\t,\t*c-d_e.f1=( 1;q \"x\"  t );r, g=()")).orElseThrow());
        assertEquals(Map.of(), StructuredFields.dictionary(List.of()).orElseThrow());
        assertEquals(Map.of(), StructuredFields.dictionary(List.of("  ")).orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a=1,", ",a=1", "a=1,,b", "A=1", "a =1", "a= 1", "a=1 b=2", "1=a", "a=(1", "a=(1,2)", "a=(1\"x\")", "a=(1))", "a=", "a=1;", "\ta=1"})
    void whatBreaksTheGrammarIsNoDictionary(String text) {
        assertEquals(Optional.empty(), StructuredFields.dictionary(List.of(text)));
    }

    @Test
    void onlyWhatAFieldCanHaveIsItsValue() {
        assertEquals(Optional.empty(), StructuredFields.flag(List.of("1")));
        assertEquals(Optional.empty(), StructuredFields.flag(List.of("true")));
        assertEquals(OptionalLong.of(0), StructuredFields.whole(List.of("-0")));
        assertEquals(OptionalLong.of(StructuredFields.MAX_INTEGER), StructuredFields.whole(List.of("999999999999999;a")));
        for (String other : List.of("-1", "1.0", "?1", "\"1\"", "")) {
            assertEquals(OptionalLong.empty(), StructuredFields.whole(List.of(other)), other);
        }
    }

    /** RFC 9530, section 4. */
    @Test
    void theDigestOfTheHigherWeightIsPreferred() {
        assertEquals(Optional.of(HashAlgorithm.SHA_256), DigestFields.preferred(List.of("sha-256=1, sha-512=1")));
        assertEquals(Optional.of(HashAlgorithm.SHA_512), DigestFields.preferred(List.of("sha-256=1", "sha-512=10")));
        for (String none : List.of("sha-256=0", "md5=5", "sha-256", "sha-256=11", "sha-256=-1", "sha-256=?1", "sha-256 = 1")) {
            assertEquals(Optional.empty(), DigestFields.preferred(List.of(none)), none);
        }
    }
}
