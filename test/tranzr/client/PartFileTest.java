package tranzr.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.model.ByteRange;
import tranzr.model.Crc32c;
import tranzr.model.Digest;

/** The partial file, what is known of its pieces, and its digest. */
class PartFileTest {

    private static final int MIB = 1 << 20;
    private static final int BLOCK = 64 << 10;

    @TempDir
    Path folder;

    private PartFile open(long size) throws IOException, TransferException {
        return PartFile.open(folder.resolve("part"), size);
    }

    @Test
    void piecesGrowTogetherWithinTheirSegment() {
        byte[] bytes = Fetching.content(40 * MIB, 1);
        Pieces pieces = new Pieces(bytes.length);
        Random random = new Random(1);
        List<ByteRange> parts = new ArrayList<>();
        for (int at = 0; at < bytes.length;) {
            int end = (int) Math.min(pieces.segmentEnd(at), at + 1 + random.nextInt(3 * MIB));
            parts.add(new ByteRange(at, end));
            at = end;
        }
        Collections.shuffle(parts, random);
        BitSet there = new BitSet();
        for (ByteRange part : parts) {
            pieces.add(part, Crc32c.of(bytes, (int) part.start(), (int) part.length()));
            there.set((int) (part.start() / 1), (int) part.end());
            assertEquals(there.cardinality(), pieces.total());
            assertEquals(there.nextClearBit(0), pieces.contiguousEnd(0));
        }
        assertEquals(List.of(), pieces.missing(new ByteRange(0, bytes.length)));
        for (long at = 0; at < bytes.length; at = pieces.segmentEnd(at)) {
            ByteRange segment = new ByteRange(at, pieces.segmentEnd(at));
            assertTrue(pieces.proves(segment, Crc32c.of(bytes, (int) at, (int) segment.length())), segment.toString());
        }
        assertEquals(pieces.toJson(), Pieces.ofJson(bytes.length, pieces.toJson()).toJson());
        assertThrows(IllegalArgumentException.class, () -> pieces.add(new ByteRange(5, 6), 0));
        pieces.drop(new ByteRange(17 * MIB, 17 * MIB + 1));
        assertEquals(List.of(new ByteRange(16 * MIB, 32 * MIB)), pieces.missing(new ByteRange(0, bytes.length)));
    }

    @Test
    void piecesOfHugeFilesStayFew() {
        long size = 1L << 50;
        Pieces pieces = new Pieces(size);
        long count = 0;
        for (long at = 0; at < size; at = pieces.segmentEnd(at)) {
            count++;
        }
        assertTrue(count <= 1024, "segments: " + count);
    }

    @Test
    void whatLiesInAFileIsGuessedWithoutItsHolesAndWhatIsBesideThem() throws Exception {
        byte[] bytes = Fetching.content(10 * BLOCK + 100, 2);
        byte[] holed = bytes.clone();
        Arrays.fill(holed, 4 * BLOCK - 10, 5 * BLOCK + 10, (byte) 0); // the end of 3, all of 4, the beginning of 5
        assertGuess(holed, bytes.length, List.of(new ByteRange(0, 3 * BLOCK), new ByteRange(6 * BLOCK, bytes.length)));
        assertGuess(bytes, bytes.length, List.of(new ByteRange(0, bytes.length)));
        assertGuess(Arrays.copyOf(bytes, 10 * BLOCK), bytes.length, List.of(new ByteRange(0, 10 * BLOCK)));
        assertGuess(Arrays.copyOf(bytes, 2 * BLOCK + 7), bytes.length, List.of(new ByteRange(0, 2 * BLOCK)));
        assertGuess(bytes, 3 * BLOCK, List.of(new ByteRange(0, 3 * BLOCK)));
        byte[] brokenOff = bytes.clone();
        Arrays.fill(brokenOff, 4 * BLOCK - 10, 4 * BLOCK, (byte) 0); // the next block is of a range that another request brought
        assertGuess(brokenOff, bytes.length, List.of(new ByteRange(0, 3 * BLOCK), new ByteRange(4 * BLOCK, bytes.length)));
        assertGuess(new byte[5 * BLOCK], bytes.length, List.of());
        assertGuess(new byte[0], bytes.length, List.of());
    }

    private void assertGuess(byte[] content, long size, List<ByteRange> expected) throws Exception {
        Files.write(folder.resolve("part"), content);
        try (PartFile part = open(size)) {
            assertEquals(expected, part.guess(at -> { }));
            assertEquals(expected.stream().mapToLong(ByteRange::length).sum(), part.total());
        }
    }

    @Test
    void theDigestFollowsTheBytesInWhateverOrderTheyCome() throws Exception {
        byte[] bytes = Fetching.content(20 * MIB + 5, 3);
        try (PartFile part = open(bytes.length); PrefixHash hash = PrefixHash.start(part, bytes.length)) {
            List<Integer> starts = new ArrayList<>();
            for (int at = 0; at < bytes.length; at += MIB) {
                starts.add(at);
            }
            Collections.shuffle(starts, new Random(3));
            for (int at : starts) {
                part.write(at, ByteBuffer.wrap(bytes, at, Math.min(MIB, bytes.length - at)));
            }
            assertEquals(Digest.sha256(bytes), digestOf(hash, part, bytes.length));
            assertEquals(bytes.length, hash.hashed());
        }
    }

    private static Digest digestOf(PrefixHash hash, PartFile part, long size) throws Exception {
        Optional<Digest> digest = hash.await(100);
        while (digest.isEmpty() && part.missing(new ByteRange(0, size)).isEmpty()) {
            digest = hash.await(100);
        }
        return digest.orElse(null);
    }

    @Test
    void aSegmentThatIsNotWhatCameIsForgottenAndFetchedAgain() throws Exception {
        byte[] bytes = Fetching.content(40 * MIB, 4);
        byte[] damaged = bytes.clone();
        damaged[20 * MIB] ^= 1;
        Files.write(folder.resolve("part"), damaged);
        Pieces pieces = new Pieces(bytes.length);
        for (int at = 0; at < bytes.length; at = (int) pieces.segmentEnd(at)) {
            int end = (int) pieces.segmentEnd(at);
            pieces.add(new ByteRange(at, end), Crc32c.of(bytes, at, end - at));
        }
        try (PartFile part = open(bytes.length)) {
            part.restore(pieces);
            try (PrefixHash hash = PrefixHash.start(part, bytes.length)) {
                assertEquals(null, digestOf(hash, part, bytes.length));
                ByteRange gap = new ByteRange(16 * MIB, 32 * MIB);
                assertEquals(List.of(gap), part.missing(new ByteRange(0, bytes.length)));
                assertEquals(16 * MIB, hash.damaged());
                part.write(gap.start(), ByteBuffer.wrap(bytes, 16 * MIB, 16 * MIB));
                assertEquals(Digest.sha256(bytes), digestOf(hash, part, bytes.length));
            }
        }
    }

    @Test
    void aRecordOfMoreThanTheFileHasIsNotBelieved() throws Exception {
        Files.write(folder.resolve("part"), new byte[100]);
        try (PartFile part = open(1000)) {
            Pieces pieces = new Pieces(1000);
            pieces.add(new ByteRange(0, 500), 0);
            part.restore(pieces);
            assertEquals(0, part.total());
        }
    }

    @Test
    void theDigestOfAFileIsTakenWithProgressAndCanBeStopped() throws Exception {
        byte[] bytes = Fetching.content(MIB + 3, 5);
        Path file = Files.write(folder.resolve("file"), bytes);
        AtomicLong told = new AtomicLong();
        assertEquals(Digest.sha256(bytes).hex(), FileDigest.sha256(file, told::set, () -> false));
        assertEquals(bytes.length, told.get());
        assertEquals(TransferException.Kind.PAUSED, assertThrows(TransferException.class, () -> FileDigest.sha256(file, at -> { }, () -> true)).kind());
        assertThrows(IOException.class, () -> FileDigest.sha256(folder.resolve("none"), at -> { }, () -> false));
    }

    @Test
    void onlyOneHasItOpen() throws Exception {
        try (PartFile part = open(5)) {
            assertTrue(part.isOpen());
            assertEquals(TransferException.Kind.IN_USE, assertThrows(TransferException.class, () -> open(5)).kind());
        }
        PartFile again = open(5);
        again.close();
        assertFalse(again.isOpen());
    }
}
