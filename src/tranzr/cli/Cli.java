package tranzr.cli;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import tranzr.server.ConfigException;
import tranzr.server.StartException;

/** The command line: finds the command, runs it, and turns whatever it meets into one clear line and an exit code. */
public final class Cli {

    static final List<Command> COMMANDS = List.of(new SendCommand(), new ReceiveCommand(), new StatusCommand(), new ResumeCommand(), new ListCommand(),
            new InfoCommand(), new ShareCommand(), new RevokeCommand(), new DeleteCommand(), new VerifyCommand(), new DoctorCommand(),
            new ServeCommand(), new FsckCommand(), new DumpCommand(), new AuditCommand(), new TokenCommand(), new RoomCommand(), new CompletionCommand(),
            new VersionCommand(), new HelpCommand());

    private Cli() {
    }

    /** Runs the command of these arguments with the environment and the streams of this process. @return the exit code */
    public static int run(String[] arguments) {
        return run(List.of(arguments), new Terminal(System.getenv(), System.out, System.err)).number();
    }

    static ExitCode run(List<String> arguments, Terminal terminal) {
        String first = arguments.isEmpty() ? "serve" : arguments.getFirst();
        try {
            if (isHelp(first)) {
                return new HelpCommand().run(arguments.subList(1, arguments.size()), terminal);
            }
            if (first.equals("--version")) {
                return new VersionCommand().run(arguments.subList(1, arguments.size()), terminal);
            }
            boolean named = !arguments.isEmpty() && !first.startsWith("-");
            Command command = find(named ? first : "serve")
                    .orElseThrow(() -> new ConfigException("there is no command '" + first + "'"));
            List<String> rest = named ? arguments.subList(1, arguments.size()) : arguments;
            if (rest.stream().takeWhile(each -> !each.equals("--")).anyMatch(Cli::isHelp)) {
                return new HelpCommand().run(List.of(command.name()), terminal);
            }
            return command.run(rest, terminal);
        } catch (ConfigException e) {
            terminal.complain(e.getMessage() + " (see --help)");
            return ExitCode.USAGE;
        } catch (StartException e) {
            terminal.complain(e.getMessage());
            return ExitCode.of(e.kind());
        } catch (IOException e) {
            terminal.complain(e.toString());
            return ExitCode.FAILED;
        }
    }

    static Optional<Command> find(String name) {
        return COMMANDS.stream().filter(command -> command.name().equals(name)).findFirst();
    }

    private static boolean isHelp(String argument) {
        return argument.equals("--help") || argument.equals("-h");
    }
}
