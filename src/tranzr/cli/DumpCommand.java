package tranzr.cli;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import tranzr.server.Config;
import tranzr.server.ConfigException;
import tranzr.server.Maintenance;
import tranzr.server.Option;
import tranzr.server.Settings;
import tranzr.server.StartException;

/** Shows what the records say, to people who look for what happened. */
final class DumpCommand implements Command {

    @Override
    public String name() {
        return "dump";
    }

    @Override
    public String summary() {
        return "print the journal in readable lines, without secrets, while no server runs; changes nothing";
    }

    @Override
    public Set<Option> options() {
        return EnumSet.of(Option.DATA, Option.CONFIG);
    }

    @Override
    public ExitCode run(List<String> arguments, Terminal terminal) throws ConfigException, StartException, IOException {
        Settings settings = Settings.read(arguments, terminal.environment(), options());
        settings.warnings().forEach(terminal::complain);
        // Not closed, since the stream beneath is that of the process.
        Writer lines = new BufferedWriter(new OutputStreamWriter(terminal.out(), terminal.out().charset()));
        boolean whole = Maintenance.dump(Config.dataOf(settings), lines);
        lines.flush();
        return whole ? ExitCode.OK : ExitCode.DAMAGED;
    }
}
