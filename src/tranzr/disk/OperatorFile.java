package tranzr.disk;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Small text files that the operator writes and we only read: settings, and secrets. */
public final class OperatorFile {

    /** The longest file that is read, in bytes. */
    public static final int MAX_BYTES = 64 * 1024;

    private OperatorFile() {
    }

    /** The whole text, UTF-8. @throws FileSystemException with a reason fit for people when it is too long or not UTF-8 */
    public static String read(Path file) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MAX_BYTES + 1);
        }
        if (bytes.length > MAX_BYTES) {
            throw new FileSystemException(file.toString(), null, "is longer than " + MAX_BYTES + " bytes");
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new FileSystemException(file.toString(), null, "is not UTF-8 text");
        }
    }

    /** As {@link #read}, of a file that only its owner, who is us or root, may read. */
    public static String readSecret(Path file) throws IOException {
        String objection = Ownership.secretObjection(file).orElse(null);
        if (objection != null) {
            throw new FileSystemException(file.toString(), null, objection);
        }
        return read(file);
    }
}
