package tranzr.storage.local;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.LongSupplier;
import tranzr.disk.Disk;
import tranzr.disk.DiskFile;
import tranzr.storage.Joining;

/**
 * Objects that consist of others' bytes: each a directory with second names of the files that hold its pieces, and the list of these ({@link Pieces}). Safe for
 * several threads.
 */
final class JoinedObjects {

    private static final String LIST = "list";

    /** A file that holds bytes of a new object, the first so many. */
    private record Source(Path path, long length) {
    }

    private final Disk disk;
    private final StorePaths paths;
    /** Gives directories in the scratch space their numbers. */
    private final LongSupplier scratches;
    /** Those that somebody has open; guarded by itself. */
    private final Map<UUID, Place> inUse = new HashMap<>();

    JoinedObjects(Disk disk, StorePaths paths, LongSupplier scratches) {
        this.disk = disk;
        this.paths = paths;
        this.scratches = scratches;
    }

    /** Where an object lies while somebody has it open: when it is deleted meanwhile, its pieces are put aside until nobody reads them any more. */
    final class Place {
        private final UUID id;
        private Path directory;
        private int users;

        private Place(UUID id) {
            this.id = id;
            this.directory = paths.joined(id);
        }

        DiskFile open(int piece) throws IOException {
            synchronized (inUse) {
                return disk.open(directory.resolve(Integer.toString(piece)), Disk.Mode.READ);
            }
        }

        void leave() throws IOException {
            synchronized (inUse) {
                if (--users > 0 || inUse.remove(id, this)) {
                    return;
                }
            }
            remove(directory);
        }
    }

    boolean exists(UUID id) throws IOException {
        return disk.exists(paths.joined(id));
    }

    /** @throws NoSuchFileException when there is none */
    JoinedFile open(UUID id) throws IOException {
        Place place;
        Pieces pieces;
        synchronized (inUse) {
            pieces = Pieces.read(disk, list(paths.joined(id)), id);
            place = inUse.computeIfAbsent(id, Place::new);
            place.users++;
        }
        return new JoinedFile(place, pieces);
    }

    private static Path list(Path directory) {
        return directory.resolve(LIST);
    }

    /**
     * Links the pieces of a new object and makes that durable, but for the name of its directory. Their bytes are durable already.
     *
     * @return false when it cannot be done: nothing is left of it then
     * @throws NoSuchFileException when a part is missing, or shorter
     */
    boolean make(List<Joining.Part> parts, UUID to) throws IOException {
        List<Source> sources = new ArrayList<>();
        for (Joining.Part part : parts) {
            addSources(part, sources);
            if (sources.size() > Joining.MOST) {
                return false;
            }
        }
        Path directory = paths.joined(to);
        if (disk.exists(directory) || disk.exists(paths.data(to))) {
            throw new FileAlreadyExistsException(directory.toString());
        }
        boolean whole = false;
        try {
            disk.createDirectory(directory);
            for (int i = 0; i < sources.size(); i++) {
                if (!disk.link(sources.get(i).path(), directory.resolve(Integer.toString(i)))) {
                    return false;
                }
            }
            Pieces.of(to, sources.stream().mapToLong(Source::length).toArray()).write(disk, list(directory));
            disk.forceDirectory(directory);
            whole = true;
            return true;
        } finally {
            if (!whole) {
                remove(directory);
            }
        }
    }

    private void addSources(Joining.Part part, List<Source> sources) throws IOException {
        Path data = paths.data(part.id());
        if (disk.exists(data)) {
            requireLength(part, disk.size(data));
            sources.add(new Source(data, part.length()));
            return;
        }
        Path directory = paths.joined(part.id());
        Pieces pieces = Pieces.read(disk, list(directory), part.id());
        requireLength(part, pieces.length());
        for (int i = 0; i < pieces.count() && pieces.start(i) < part.length(); i++) {
            sources.add(new Source(directory.resolve(Integer.toString(i)), Math.min(part.length(), pieces.ends()[i]) - pieces.start(i)));
        }
    }

    private static void requireLength(Joining.Part part, long length) throws NoSuchFileException {
        if (length < part.length()) {
            throw new NoSuchFileException(part.id().toString(), null, "only " + length + " bytes of " + part.length() + " are there");
        }
    }

    /** How many bytes are there without a gap; empty when there is no such object. @throws tranzr.storage.CorruptObjectException when nobody can tell */
    OptionalLong size(UUID id) throws IOException {
        Path directory = paths.joined(id);
        try {
            Pieces pieces = Pieces.read(disk, list(directory), id);
            long size = 0;
            for (int i = 0; i < pieces.count() && size == pieces.start(i); i++) {
                size += Math.min(pieces.length(i), sizeOf(directory.resolve(Integer.toString(i))));
            }
            return OptionalLong.of(size);
        } catch (NoSuchFileException _) {
            return OptionalLong.empty();
        }
    }

    private long sizeOf(Path file) throws IOException {
        try {
            return disk.size(file);
        } catch (NoSuchFileException _) {
            return 0;
        }
    }

    /** Removes an object; who has it open reads on. @return false when there was none */
    boolean delete(UUID id) throws IOException {
        synchronized (inUse) {
            if (!exists(id)) {
                return false;
            }
            Place place = inUse.get(id);
            if (place != null) {
                // Emptied at the next start, should nobody come to that before.
                Path aside = paths.scratchJoined(scratches.getAsLong());
                move(paths.joined(id), aside);
                place.directory = aside;
                inUse.remove(id);
                return true;
            }
        }
        return remove(paths.joined(id));
    }

    /** Sets an object aside, or what is left of it; no error when there is none. */
    void quarantine(UUID id, String stem) throws IOException {
        if (exists(id)) {
            move(paths.joined(id), paths.quarantined(stem, StorePaths.JOINED));
        }
    }

    /** Moves all that is in a directory into a new one. */
    private void move(Path from, Path to) throws IOException {
        disk.createDirectory(to);
        for (String name : disk.list(from)) {
            disk.move(from.resolve(name), to.resolve(name));
        }
        disk.delete(from);
    }

    /** Removes a directory with all that is in it. @return false when there was none */
    boolean remove(Path directory) throws IOException {
        try {
            for (String name : disk.list(directory)) {
                disk.delete(directory.resolve(name));
            }
        } catch (NoSuchFileException _) {
            return false;
        }
        return disk.delete(directory);
    }
}
