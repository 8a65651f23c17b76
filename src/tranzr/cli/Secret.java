package tranzr.cli;

import java.io.Console;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tranzr.client.LocalFiles;
import tranzr.disk.OperatorFile;
import tranzr.server.ConfigException;

/** Passwords, which are typed without being seen or come from a file, and are never an argument. */
final class Secret {

    static final String PASSWORD_FILE = "--password-file";

    /** Reads a line from the terminal without showing it, also when the command's outputs go elsewhere. What it says goes to the terminal, the answer to us. */
    private static final String ASK = "exec </dev/tty || exit 3; old=$(stty -g) || exit 3; trap 'stty \"$old\"' EXIT; trap 'exit 4' INT TERM HUP; "
            + "stty -echo; printf '%s' \"$1\" >/dev/tty; IFS= read -r line; code=$?; printf '\\n' >/dev/tty; printf '%s\\n' \"$line\"; exit $code";

    private Secret() {
    }

    /** The first line of a file that only its owner may read; of a pipe anybody's. */
    static String ofFile(String text) throws ConfigException {
        Path file = Reach.path(PASSWORD_FILE, text);
        try {
            String content = LocalFiles.kind(file) == LocalFiles.Kind.OTHER ? OperatorFile.read(file) : OperatorFile.readSecret(file);
            String line = content.lines().findFirst().orElse("");
            if (line.isEmpty()) {
                throw new ConfigException(PASSWORD_FILE + ": " + file + " has no first line");
            }
            return line;
        } catch (IOException e) {
            throw new ConfigException(PASSWORD_FILE + ": " + ClientCommand.reason(e));
        }
    }

    /** What a person types; empty when nobody is there to ask, or when they type nothing. */
    static Optional<String> ask(String prompt) {
        Console console = System.console();
        if (console != null && console.isTerminal()) {
            char[] typed = console.readPassword("%s", prompt);
            return Optional.ofNullable(typed).map(String::new).filter(text -> !text.isEmpty());
        }
        ProcessBuilder shell = new ProcessBuilder(List.of("sh", "-c", ASK, "sh", prompt));
        shell.redirectError(ProcessBuilder.Redirect.DISCARD);
        try {
            Process process = shell.start();
            process.getOutputStream().close();
            String line = process.inputReader(StandardCharsets.UTF_8).readLine();
            return process.waitFor() == 0 ? Optional.ofNullable(line).filter(text -> !text.isEmpty()) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** A new one, typed twice. @throws ConfigException when nobody types one, or two different ones */
    static String chosen(String prompt) throws ConfigException {
        String first = ask(prompt).orElseThrow(() -> new ConfigException("nobody is there to type a password: use " + PASSWORD_FILE + " FILE"));
        if (!ask("again: ").equals(Optional.of(first))) {
            throw new ConfigException("the two passwords are not the same");
        }
        return first;
    }
}
