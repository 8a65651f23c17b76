package tranzr.cli;

import java.io.PrintStream;
import java.util.EnumSet;
import java.util.List;
import java.util.TreeMap;
import tranzr.server.ConfigException;
import tranzr.server.Option;

/** Explains the program, or one command, from the tables that also drive it. */
final class HelpCommand implements Command {

    private static final int WIDTH = 100;

    @Override
    public String name() {
        return "help";
    }

    @Override
    public Group group() {
        return Group.PROGRAM;
    }

    @Override
    public String arguments() {
        return "[COMMAND]";
    }

    @Override
    public String summary() {
        return "explain the program or one command (also --help, -h)";
    }

    @Override
    public List<String> firstWords() {
        return Cli.COMMANDS.stream().map(Command::name).toList();
    }

    @Override
    public ExitCode run(List<String> arguments, Terminal terminal) throws ConfigException {
        if (arguments.size() > 1) {
            throw new ConfigException("unexpected argument '" + arguments.get(1) + "'");
        }
        if (arguments.isEmpty()) {
            explainAll(terminal.out());
        } else {
            explain(Cli.find(arguments.getFirst())
                    .orElseThrow(() -> new ConfigException("there is no command '" + arguments.getFirst() + "'")), terminal.out());
        }
        return ExitCode.OK;
    }

    private static void explainAll(PrintStream out) {
        out.println("Tranzr takes, keeps, verifies and shares large files.");
        out.println();
        out.println("usage: java -jar tranzr.jar [COMMAND] [OPTION...]");
        out.println();
        out.println("Commands ('help COMMAND' tells more of each; tranzr stands for java -jar tranzr.jar):");
        for (Command.Group group : Command.Group.values()) {
            out.println();
            out.println(group.title() + ":");
            Cli.COMMANDS.stream().filter(command -> command.group() == group).forEach(command -> entry(out, command.name(), command.summary()));
        }
        out.println();
        options(out, Cli.find("serve").orElseThrow());
        exitCodes(out);
    }

    private static void explain(Command command, PrintStream out) {
        out.println(("usage: java -jar tranzr.jar " + command.name() + " " + command.arguments()).stripTrailing());
        out.println();
        entry(out, command.name(), command.summary());
        out.println();
        if (!command.examples().isEmpty()) {
            out.println("Examples:");
            command.examples().forEach(example -> out.println("  " + example));
            out.println();
        }
        options(out, command);
        exitCodes(out);
    }

    private static void options(PrintStream out, Command command) {
        if (command.options().isEmpty() && command.switches().isEmpty()) {
            return;
        }
        out.println("Options of " + command.name() + ":");
        new TreeMap<>(command.switches()).forEach((name, meaning) -> entry(out, name, meaning));
        for (Option option : command.options().isEmpty() ? command.options() : EnumSet.copyOf(command.options())) {
            entry(out, option.flag() + " " + option.value(), option.meaning() + " (default: " + option.standard() + ")");
        }
        out.println();
        if (!command.options().isEmpty()) {
            paragraph(out, "Each option can also stand in the environment (" + Option.UPLOAD_TTL.flag() + " as " + Option.UPLOAD_TTL.variable()
                    + ") or in the file of " + Option.CONFIG.flag() + " (" + Option.UPLOAD_TTL.property()
                    + "=7d). A flag wins over the environment, and that over the file. A SIZE is like 8MiB, 33.5MB, 512K or plain bytes; a TIME like "
                    + "7d, 90s or 1h30m; a RATE like 100/s or 600/m burst 50; a SCHEDULE like 5MiB/s, or by day and time as docs/operating.md tells. "
                    + "The token that opens the API comes as TRANZR_TOKEN in the environment or from --token-file, never as an argument.");
        }
    }

    private static void exitCodes(PrintStream out) {
        out.println("Exit codes:");
        for (ExitCode code : ExitCode.values()) {
            entry(out, Integer.toString(code.number()), code.meaning());
        }
    }

    private static void entry(PrintStream out, String name, String text) {
        String indent = " ".repeat(29);
        StringBuilder line = new StringBuilder(("  %-" + (indent.length() - 3) + "s").formatted(name));
        for (String word : text.split(" ")) {
            if (line.length() + 1 + word.length() > WIDTH) {
                out.println(line);
                line = new StringBuilder(indent.substring(1));
            }
            line.append(' ').append(word);
        }
        out.println(line);
    }

    private static void paragraph(PrintStream out, String text) {
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ")) {
            if (line.length() + 1 + word.length() > WIDTH) {
                out.println(line);
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        out.println(line);
        out.println();
    }
}
