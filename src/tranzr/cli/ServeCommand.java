package tranzr.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import tranzr.server.Config;
import tranzr.server.ConfigException;
import tranzr.server.Option;
import tranzr.server.Server;
import tranzr.server.Settings;
import tranzr.server.StartException;
import tranzr.server.Version;

/** Runs the server until it is told to stop, or until its disk fails. */
final class ServeCommand implements Command {

    /** How long requests in flight may go on after the signal to stop. */
    private static final Duration GRACE = Duration.ofSeconds(10);

    @Override
    public String name() {
        return "serve";
    }

    @Override
    public String summary() {
        return "run the server until Ctrl-C or SIGTERM; this is what happens without a command";
    }

    @Override
    public Set<Option> options() {
        return EnumSet.allOf(Option.class);
    }

    @Override
    public ExitCode run(List<String> arguments, Terminal terminal) throws ConfigException, StartException, IOException {
        Settings settings = Settings.read(arguments, terminal.environment(), options());
        Config config = Config.of(settings);
        settings.warnings().forEach(terminal::complain);
        LogLine.install();
        AtomicReference<String> token = new AtomicReference<>();
        Server server = Server.start(config, made -> {
            // Told before it is stored: a crash between the two must not leave a token that nobody knows.
            terminal.out().println("the token that opens this server, told only this once: " + made);
            token.set(made);
        });
        // Before anybody is told that it runs, so that whoever stops it then finds it prepared.
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("tranzr-stop").unstarted(() -> stop(server, terminal)));
        welcome(server, token.get(), terminal.out());
        IOException failure = server.failure().join();
        terminal.complain("the disk failed, so nothing more is accepted: " + failure.getMessage());
        // Leaving the process runs the hook, which closes the server.
        return ExitCode.STORAGE_FAILED;
    }

    private static void welcome(Server server, String newToken, PrintStream out) {
        out.println("Tranzr " + Version.text() + " listens on " + server.uri());
        server.redirectPort().ifPresent(port -> out.println("plain HTTP on port " + port + " is sent there"));
        out.println("data is kept in " + server.data());
        String credentials = "";
        if (!server.isTokenRequired()) {
            out.println("no token is needed, since only this machine can connect");
        } else if (newToken != null) {
            out.println("a token is needed: send 'Authorization: Bearer TOKEN', with curl: -u :TOKEN");
            credentials = "-u :" + newToken + " ";
        } else {
            out.println("a token is needed: " + server.tokenOrigin());
            credentials = "-u :\"$TRANZR_TOKEN\" ";
        }
        server.certificate().ifPresent(certificate -> {
            out.println("the certificate" + (server.isSelfSigned() ? " is self-signed and" : "") + " has the SHA-256 fingerprint " + certificate.fingerprint());
            out.println("its key has the pin " + certificate.pin());
        });
        String pin = server.isSelfSigned() ? "-k --pinnedpubkey " + server.certificate().orElseThrow().pin() + " " : "";
        out.println("try it: echo hello | curl " + pin + credentials + "-T - " + server.uri() + "/hello.txt");
        out.flush();
    }

    /**
     * Runs as the process's last act, after a signal or after a failure. The virtual machine would report the signal (143, 130) as exit code whatever
     * happened; halting here tells instead whether everything was closed.
     */
    private static void stop(Server server, Terminal terminal) {
        ExitCode code = ExitCode.STORAGE_FAILED;
        try {
            terminal.out().println("stopping");
            server.close(GRACE);
            terminal.out().println("stopped");
            code = server.failure().isDone() ? ExitCode.STORAGE_FAILED : ExitCode.OK;
        } catch (IOException e) {
            terminal.complain("stopped, but not everything could be closed: " + e.getMessage());
        } finally {
            terminal.out().flush();
            terminal.err().flush();
            Runtime.getRuntime().halt(code.number());
        }
    }
}
