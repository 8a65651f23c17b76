package tranzr.cli;

import java.util.List;
import tranzr.server.ConfigException;
import tranzr.server.Version;

/** Says which Tranzr this is, and on which Java it runs. */
final class VersionCommand implements Command {

    @Override
    public String name() {
        return "version";
    }

    @Override
    public Group group() {
        return Group.PROGRAM;
    }

    @Override
    public String arguments() {
        return "";
    }

    @Override
    public String summary() {
        return "say which version this is (also --version)";
    }

    @Override
    public ExitCode run(List<String> arguments, Terminal terminal) throws ConfigException {
        if (!arguments.isEmpty()) {
            throw new ConfigException("unexpected argument '" + arguments.getFirst() + "'");
        }
        terminal.out().println("tranzr " + Version.text() + " (Java " + Runtime.version() + ")");
        return ExitCode.OK;
    }
}
