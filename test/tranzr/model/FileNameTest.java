package tranzr.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileNameTest {

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ".", "..", "../a", "a/../b", "a/..", "/etc/passwd", "a//b", "a/", "a\u0000b", "a\nb",
        "a\u007fb", "..\\a", "a\\..\\b", "a\u202eb", "a\u200bb", "a\ufeffb", "a\ud800b", "\udc00", "a\u0085b"})
    void namesThatMisleadOrBreakOutAreRefused(String name) {
        assertTrue(FileName.objection(name).isPresent());
    }

    @Test
    void namesThatAreTooLongAreRefusedByTheirBytes() {
        assertTrue(FileName.objection("ü".repeat(127)).isEmpty());
        assertTrue(FileName.objection("ü".repeat(128)).isPresent());
        assertTrue(FileName.objection("a/".repeat(600) + "b").isPresent());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a b.txt", "Ünïcode 文件.bin", "dir/sub/file.tar.gz", "a:b", "nul", "...", "x.", "👩‍👧.png", "C:\\x"})
    void otherNamesAreData(String name) {
        assertTrue(FileName.objection(name).isEmpty(), name);
    }

    @ParameterizedTest
    @CsvSource({"dir/sub/file.txt,file.txt", "a:b,a_b", "nul,_nul", "CON.txt,_CON.txt", "x.,x", "...,_", "C:\\x,C__x",
        "'a\"b','a_b'", "aux.tar.gz,_aux.tar.gz"})
    void aNameForSavingIsCleanedForEverySystem(String name, String clean) {
        assertEquals(clean, FileName.forDownload(name));
    }
}
