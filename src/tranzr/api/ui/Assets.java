package tranzr.api.ui;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPOutputStream;
import tranzr.http.EntityTags;
import tranzr.http.Request;
import tranzr.http.Response;

/**
 * The static files of the pages: style, scripts, and the few libraries that are packed with them. All lie under one path that names their content, so that a browser
 * asks for each of them once, and never mixes two releases. Safe for several threads.
 */
public final class Assets {

    /** Every file that is served; nothing else is, whatever the path says. */
    static final List<String> FILES = List.of("app.css", "base.js", "icon.svg",
            "send.css", "send.js", "ask.js", "awake.js", "collect.js", "options.js", "parcel-view.js", "parcel.js", "recognise.js", "result.js", "rows.js",
            "digests.js", "hash-worker.js", "hash.js", "memory.js", "meter.js", "mover.js", "plan.js", "queue.js", "slots.js", "upload.js", "wire.js",
            "dashboard.css", "dashboard.js", "stream.js", "figures.js", "chart.js", "transfers.js", "files.js", "removals.js", "filedialog.js", "filelinks.js", "secondfactor.js", "trouble.js",
            "share.css", "share.js", "pdf-preview.js", "pdf-frame.js", "pdf.css", "account.js", "docs.css", "docs.js", "guest.js", "login.js",
            "vendor/qr-creator.js", "vendor/qr-creator.LICENSE.txt", "vendor/pdf.js", "vendor/pdf.worker.js", "vendor/pdf.LICENSE.txt",
            "vendor/jbig2.wasm", "vendor/jbig2.LICENSE.txt", "vendor/openjpeg.wasm", "vendor/openjpeg.LICENSE.txt",
            "vendor/swagger-ui-bundle.js", "vendor/swagger-ui-bundle.js.LICENSE.txt", "vendor/swagger-ui.css", "vendor/swagger-ui.LICENSE.txt", "vendor/swagger-ui.NOTICE.txt");

    private static final Map<String, String> TYPES = Map.of("css", "text/css; charset=utf-8", "js", "text/javascript; charset=utf-8", "mjs", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml", "html", "text/html; charset=utf-8", "txt", "text/plain; charset=utf-8", "json", "application/json", "wasm", "application/wasm");
    private static final int VERSION_LENGTH = 12;
    private static final String FOREVER = "public, max-age=31536000, immutable";

    /** @param packed the same, by gzip */
    private record Content(byte[] plain, byte[] packed) {
    }

    private final Map<String, Content> contents = new ConcurrentHashMap<>();
    private String version;

    /** The segment of their path that stands for all their contents: hexadecimal digits. */
    synchronized String version() {
        if (version == null) {
            MessageDigest digest = sha256();
            FILES.forEach(file -> digest.update(read(file)));
            version = HexFormat.of().formatHex(digest.digest()).substring(0, VERSION_LENGTH);
        }
        return version;
    }

    /** {@code GET /ui/{version}/{file}}. One of another release is answered as well, by a page that was opened before an update, but not for ever. */
    public Response file(Request request) {
        return answer(request, request.path("file"));
    }

    /** {@code GET /ui/{version}/vendor/{file}}. */
    public Response vendorFile(Request request) {
        return answer(request, "vendor/" + request.path("file"));
    }

    private Response answer(Request request, String file) {
        if (!FILES.contains(file)) {
            return Response.problem(404, "not_found", "There is nothing here", "The pages have no file of that name.", Map.of());
        }
        boolean current = request.path("version").equals(version());
        String tag = "\"" + version() + "\"";
        if (EntityTags.noneMatchFails(request.headers("If-None-Match"), tag)) {
            return cached(Response.empty(304), tag, current);
        }
        return cached(packed(request, 200, TYPES.get(file.substring(file.lastIndexOf('.') + 1)), content(file)), tag, current);
    }

    private static Response cached(Response response, String tag, boolean current) {
        return response.header("ETag", tag).header("Vary", "Accept-Encoding").header("Cache-Control", current ? FOREVER : "no-cache")
                // The frame that shows a PDF has no origin of its own, and what lies here is no secret.
                .header("Access-Control-Allow-Origin", "*").header("Cross-Origin-Resource-Policy", "cross-origin");
    }

    /** An answer of these bytes, packed for whoever can unpack it. */
    static Response packed(Request request, int status, String type, byte[] plain) {
        return packed(request, status, type, new Content(plain, pack(plain)));
    }

    private static Response packed(Request request, int status, String type, Content content) {
        return acceptsGzip(request) ? Response.bytes(status, type, content.packed()).header("Content-Encoding", "gzip") : Response.bytes(status, type, content.plain());
    }

    /** RFC 9110, section 12.5.3; a refusal by {@code q=0} is heeded, shades of preference are not. */
    private static boolean acceptsGzip(Request request) {
        for (String coding : String.join(",", request.headers("Accept-Encoding")).toLowerCase(Locale.ROOT).split(",")) {
            String[] pieces = coding.strip().split("\\s*;\\s*", 2);
            if (pieces[0].equals("gzip")) {
                return pieces.length == 1 || !pieces[1].matches("q=0(\\.0*)?");
            }
        }
        return false;
    }

    private Content content(String file) {
        return contents.computeIfAbsent(file, name -> {
            byte[] plain = read(name);
            return new Content(plain, pack(plain));
        });
    }

    /** The text of a page; empty when there is none of that name. */
    static Optional<byte[]> page(String name) {
        try (InputStream in = Assets.class.getResourceAsStream("static/" + name)) {
            return in == null ? Optional.empty() : Optional.of(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] read(String file) {
        String resource = file.startsWith("vendor/") ? file : "static/" + file;
        try (InputStream in = Assets.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("the jar lacks " + resource);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] pack(byte[] plain) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream(plain.length / 2);
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
