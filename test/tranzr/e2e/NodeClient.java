package tranzr.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/** The npm package {@code ws}, pinned in build.sh, run by Node: a client of WebSockets that is not of the JDK. */
public final class NodeClient {

    private static final String PACKAGE = "META-INF/resources/webjars/ws/8.18.3/";

    private final Path folder;

    /** @param folder an empty one, where the package is unpacked */
    public NodeClient(Path folder) {
        this.folder = folder;
        URL found = NodeClient.class.getClassLoader().getResource(PACKAGE + "package.json");
        try (JarFile jar = ((JarURLConnection) found.openConnection()).getJarFile()) {
            for (JarEntry entry : jar.stream().filter(each -> each.getName().startsWith(PACKAGE) && !each.isDirectory()).toList()) {
                Path file = folder.resolve("node_modules/ws").resolve(entry.getName().substring(PACKAGE.length()));
                Files.createDirectories(file.getParent());
                try (InputStream in = jar.getInputStream(entry)) {
                    Files.copy(in, file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether there is a Node to run it. */
    public static boolean isThere() {
        return Shell.has("node");
    }

    /** Runs a script, in which {@code WebSocket} is the client, to its end. @return what it printed */
    public String run(String script, String... arguments) {
        try {
            Files.writeString(folder.resolve("client.cjs"), "const WebSocket = require('ws');\nconst [, , ...args] = process.argv;\n" + script);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String[] command = new String[arguments.length + 2];
        command[0] = "node";
        command[1] = "client.cjs";
        System.arraycopy(arguments, 0, command, 2, arguments.length);
        return Shell.run(folder, command).expectSuccess().output();
    }
}
