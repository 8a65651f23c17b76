package tranzr.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import tranzr.fuzz.Expect;
import tranzr.fuzz.FuzzTarget;
import tranzr.fuzz.Target;

/** Settings from the file of {@code --config} and from the command line. */
public final class SettingsFuzz implements FuzzTarget {

    private Path file;

    private SettingsFuzz() {
    }

    public static List<FuzzTarget> targets() {
        return List.of(new SettingsFuzz(), Target.of("arguments", "tranzr.server.Settings", "tranzr.server.Config").seeds("--port\n9000\n--upload-ttl=7d", "--trusted-proxy\n::1\n--trusted-proxy\n127.0.0.1",
                "--chunk-size=8MiB\n--max-file-size\nnone\n--reserve\n64MiB", "--base-url\nhttps://files.example/x/").words("--", "=", "\n", "--data", "none", ",", "http://", "-1")
                .inputs(5_000).text(text -> read(List.of(text.split("\n", -1)))));
    }

    @Override
    public String name() {
        return "settings-file";
    }

    @Override
    public List<String> parsers() {
        return List.of("tranzr.server.Settings", "tranzr.server.Config");
    }

    @Override
    public List<byte[]> seeds() {
        return List.of(Target.bytes("port=9000\nupload-ttl = 7d\n# words\nmax-file-size: 5GiB\n"), Target.bytes("base-url=https\\://files.example\ntrusted-proxy=127.0.0.1, ::1\n"),
                Target.bytes("chunk-size=\\u0038MiB\nreserve=\\\n  64MiB\n"));
    }

    @Override
    public List<byte[]> words() {
        return List.of("=", ":", "\\", "\\u00", "\n", "#", "port", "data=", "token-file=none\n", "cleanup-interval=1s\n", "none").stream().map(Target::bytes).toList();
    }

    @Override
    public int inputs() {
        return 2_500;
    }

    @Override
    public void run(byte[] input) throws IOException {
        if (file == null) {
            file = Files.createTempFile("tranzr-fuzz", ".properties");
        }
        Files.write(file, input);
        read(List.of("--config", file.toString()));
    }

    /** Either settings come out of it or one line says what is wrong. */
    private static void read(List<String> arguments) {
        try {
            Settings settings = Settings.read(arguments, Map.of(), EnumSet.allOf(Option.class));
            boolean lookedUp = settings.get(Option.BIND).isPresent() || settings.get(Option.TOKEN_FILE).isPresent(); // by the network, on the disk
            if (!lookedUp) {
                Config config = Config.of(settings);
                Expect.that(config.chunkSize() >= Config.MIN_CHUNK_SIZE && !config.uploadTtl().isNegative(), "out of bounds: " + config);
            }
        } catch (ConfigException e) {
            Expect.that(e.getMessage() != null && !e.getMessage().isBlank(), "a refusal without words");
        }
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            Files.deleteIfExists(file);
            file = null;
        }
    }

    @Override
    public String toString() {
        return name();
    }
}
