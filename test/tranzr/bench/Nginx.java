package tranzr.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import tranzr.e2e.Shell;

/** The anchor: nginx with PUT by its DAV module, on the same file system and with sendfile, which hashes and syncs nothing. */
final class Nginx implements AutoCloseable {

    private static final String CONFIG = """
            worker_processes 2;
            daemon off;
            %4$s
            pid %1$s/nginx.pid;
            error_log %1$s/error.log;
            events { worker_connections 1024; }
            http {
                access_log off;
                sendfile on;
                tcp_nopush on;
                client_max_body_size 0;
                keepalive_requests 100000000;
                client_body_temp_path %1$s/body;
                proxy_temp_path %1$s/t1; fastcgi_temp_path %1$s/t2; uwsgi_temp_path %1$s/t3; scgi_temp_path %1$s/t4;
                server {
                    listen 127.0.0.1:%2$d;
                    root %3$s;
                    location / { dav_methods PUT DELETE; dav_access user:rw; }
                }
            }
            """;

    private final Process process;
    private final int port;
    private final Path files;

    private Nginx(Process process, int port, Path files) {
        this.process = process;
        this.port = port;
        this.files = files;
    }

    static boolean isThere() {
        return Shell.has("nginx");
    }

    /** Starts it below {@code directory}, which must exist. @throws IllegalStateException with its own words when it does not start */
    static Nginx start(Path directory) throws IOException {
        Path files = Files.createDirectories(directory.resolve("files"));
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        // As root its workers would else be nobody, who may not write here.
        String user = "root".equals(System.getProperty("user.name")) ? "user root;" : "";
        Path config = Files.writeString(directory.resolve("nginx.conf"), CONFIG.formatted(directory, port, files, user));
        Process process = new ProcessBuilder("nginx", "-p", directory.toString(), "-c", config.toString()).redirectErrorStream(true)
                .redirectOutput(directory.resolve("output.txt").toFile()).start();
        Nginx nginx = new Nginx(process, port, files);
        if (!nginx.answers()) {
            process.destroyForcibly();
            throw new IllegalStateException("nginx does not start: " + Files.readString(directory.resolve("output.txt")));
        }
        return nginx;
    }

    private boolean answers() {
        CountDownLatch never = new CountDownLatch(1);
        for (int i = 0; i < 500 && process.isAlive(); i++) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress("127.0.0.1", port));
                return true;
            } catch (IOException notYet) {
                try {
                    never.await(10, TimeUnit.MILLISECONDS);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
        return false;
    }

    int port() {
        return port;
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    /** Where a PUT of {@code /name} lies. */
    Path file(String name) {
        return files.resolve(name);
    }

    /** Removes all that was PUT. */
    void clear() throws IOException {
        Setting.remove(files);
        Files.createDirectories(files);
    }

    /** What makes a PUT as durable as one of ours. */
    void sync(String name) throws IOException {
        try (FileChannel channel = FileChannel.open(file(name), StandardOpenOption.WRITE)) {
            channel.force(false);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            throw new IllegalStateException(e);
        }
    }
}
