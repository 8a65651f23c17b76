package tranzr.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Walks through README's examples, word for word but for the server's address: every block after {@code <!-- tried -->} runs, in order and in one shell, and
 * prints what the block after {@code <!-- prints -->} says, where {@code …} stands for anything.
 */
class ReadmeTest extends RealServer {

    private static final Pattern TRIED = Pattern.compile(
            "<!-- tried -->\\n```sh\\n(.*?)```\\n(?:<!-- prints -->\\n```text\\n(.*?)```\\n)?", Pattern.DOTALL);
    private static final String NEXT = "=== next block ===";

    private record Example(String commands, String prints) {
    }

    @Test
    void theExamplesWorkAsTheyStand(@TempDir Path folder) throws Exception {
        assumeTrue(Shell.has("curl") && Shell.has("bash"), "curl and bash are needed");
        List<Example> examples = examples();
        assertTrue(examples.size() >= 6, "the examples are not found");
        StringBuilder script = new StringBuilder("set -eu\nexport TRANZR_SERVER=" + server.url() + " TRANZR_STATE='" + folder.resolve("state") + "'\n");
        String jar = CommandLine.jar().stream().map(part -> "'" + part + "'").collect(Collectors.joining(" "));
        for (Example example : examples) {
            script.append(example.commands().replace("http://127.0.0.1:8000", server.url()).replace("java -jar build/tranzr.jar", jar)).append("echo '").append(NEXT).append("'\n");
        }
        Path file = Files.writeString(folder.resolve("readme.sh"), script);
        Shell.Result result = Shell.run(folder, "bash", file.toString()).expectSuccess();
        String[] printed = result.output().split(Pattern.quote(NEXT) + "\n");
        assertEquals(examples.size(), printed.length, result.output());
        for (int i = 0; i < printed.length; i++) {
            String prints = examples.get(i).prints();
            if (prints != null) {
                assertTrue(likeLines(prints, printed[i]), "README says\n" + prints + "but it printed\n" + printed[i]);
            }
            assertTrue(!printed[i].contains("problem") && !printed[i].contains("error"), examples.get(i).commands() + printed[i]);
        }
    }

    private static List<Example> examples() throws Exception {
        String readme = Files.readString(Path.of(System.getProperty("tranzr.root"), "README.md"));
        Matcher found = TRIED.matcher(readme);
        List<Example> examples = new ArrayList<>();
        while (found.find()) {
            examples.add(new Example(found.group(1), found.group(2)));
        }
        assertEquals(readme.split("<!-- tried -->", -1).length - 1, examples.size(), "a block's marks are not as expected");
        return examples;
    }

    /** Whether every promised line is printed, in order, with nothing else between. */
    private static boolean likeLines(String promised, String printed) {
        List<String> wanted = promised.lines().toList();
        List<String> got = printed.lines().toList();
        if (wanted.size() != got.size()) {
            return false;
        }
        for (int i = 0; i < wanted.size(); i++) {
            String regex = Arrays.stream(wanted.get(i).split("…", -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
            if (!got.get(i).matches(regex)) {
                return false;
            }
        }
        return true;
    }
}
