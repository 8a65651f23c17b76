package tranzr.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import tranzr.model.Digest;

/** SHA-256 of files on this machine. */
public final class FileDigest {

    private static final int BUFFER = 256 << 10;

    private FileDigest() {
    }

    /**
     * Reads a file once.
     *
     * @param progress told now and then how many bytes were read in all
     * @param stop asked as often whether to end before that
     * @return 64 lower-case hexadecimal digits
     * @throws TransferException {@link TransferException.Kind#PAUSED} when it was told to stop
     */
    public static String sha256(Path file, LongConsumer progress, BooleanSupplier stop) throws IOException, TransferException {
        MessageDigest digest = Digest.newSha256();
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long done = 0;
            while (channel.read(buffer.clear()) >= 0) {
                Digest.update(digest, buffer.array(), 0, buffer.position());
                done += buffer.position();
                progress.accept(done);
                if (stop.getAsBoolean()) {
                    throw new TransferException(TransferException.Kind.PAUSED, "stopped");
                }
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
