package tranzr.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import tranzr.server.Option;

/** The tables of docs/operating.md say what the program says. */
class OperatingPageTest {

    @Test
    void the_page_lists_every_option_with_its_variable_default_and_meaning() throws Exception {
        List<String> rows = Arrays.stream(Option.values()).map(option -> "| `" + option.flag() + " " + option.value() + "` | `" + option.variable() + "` | "
                + option.standard() + " | " + option.meaning() + " |").toList();
        assertEquals(rows, page().stream().filter(line -> line.startsWith("| `--")).toList());
    }

    @Test
    void the_page_lists_every_exit_code() throws Exception {
        List<String> rows = Arrays.stream(ExitCode.values()).map(code -> "| " + code.number() + " | " + code.meaning() + " |").toList();
        assertEquals(rows, page().stream().filter(line -> line.matches("\\| \\d \\|.*")).toList());
    }

    @Test
    void the_page_lists_every_variable_of_the_client() throws Exception {
        List<String> rows = Arrays.stream(ClientSetting.values()).map(setting -> "| `" + setting.variable() + "` | " + setting.older().map(name -> "`" + name + "`").orElse("") + " | "
                + setting.standard() + " | " + setting.meaning() + " |").toList();
        assertEquals(rows, page().stream().filter(line -> line.startsWith("| `TRANZR_")).toList());
    }

    private static List<String> page() throws IOException {
        return Files.readAllLines(Path.of(System.getProperty("tranzr.root"), "docs", "operating.md"));
    }
}
