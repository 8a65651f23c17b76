package tranzr.fault;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The names of a disk, as a power cut would leave them and as programs see them, and the changes between the two. */
final class Names {

    /** A directory or a file; a directory has no node. */
    record Entry(FileNode file) {
        static final Entry DIRECTORY = new Entry(null);

        boolean isDirectory() {
            return file == null;
        }
    }

    /**
     * A change that was not forced: {@code entry} got the name {@code to} and lost the name {@code from}; either may be
     * null. Both at once is a rename.
     */
    private record Change(long operation, Path from, Path to, Entry entry) {

        void apply(Map<Path, Entry> names) {
            if (from != null) {
                names.remove(from, entry);
            }
            if (to != null) {
                names.put(to, entry);
            }
        }
    }

    private final Map<Path, Entry> durable;
    private final Map<Path, Entry> current;
    private final List<Change> pending = new ArrayList<>();

    Names(Path root) {
        durable = new HashMap<>(Map.of(root, Entry.DIRECTORY));
        current = new HashMap<>(durable);
    }

    private Names(Map<Path, Entry> durable, Map<Path, Entry> current) {
        this.durable = durable;
        this.current = current;
    }

    Entry get(Path path) {
        return current.get(path);
    }

    Iterable<Entry> entries() {
        return current.values();
    }

    List<String> in(Path directory) {
        return current.keySet().stream().filter(p -> directory.equals(p.getParent())).map(p -> p.getFileName().toString())
                .sorted().toList();
    }

    void add(long operation, Path path, Entry entry) {
        change(new Change(operation, null, path, entry));
    }

    void remove(long operation, Path path) {
        change(new Change(operation, path, null, current.get(path)));
    }

    void move(long operation, Path from, Path to) {
        change(new Change(operation, from, to, current.get(from)));
    }

    private void change(Change change) {
        change.apply(current);
        pending.add(change);
    }

    /**
     * What happened in the directory is left for sure. A rename into it from another one still has its old name to lose
     * there; a rename out of it is whole, for a file never vanishes by being renamed.
     */
    void force(Path directory) {
        List<Change> still = new ArrayList<>();
        for (Change change : pending) {
            boolean out = change.from != null && directory.equals(change.from.getParent());
            boolean in = change.to != null && directory.equals(change.to.getParent());
            if (in && !out && change.from != null) {
                new Change(change.operation, null, change.to, change.entry).apply(durable);
                still.add(new Change(change.operation, change.from, null, change.entry));
            } else if (in || out) {
                change.apply(durable);
            } else {
                still.add(change);
            }
        }
        pending.clear();
        pending.addAll(still);
    }

    Names afterCrash(Fate fate) {
        Map<Path, Entry> left = new HashMap<>(durable);
        for (Change change : pending) {
            if (fate.name(change.operation)) {
                change.apply(left);
            }
        }
        Map<FileNode, Entry> nodes = new HashMap<>();
        Map<Path, Entry> reachable = new HashMap<>();
        // in the order of their names, so that the same fate leaves the same disk
        left.entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(named -> {
            Path parent = named.getKey().getParent();
            if (parent == null || reachable.containsKey(parent) || isRoot(named.getKey())) {
                Entry entry = named.getValue();
                reachable.put(named.getKey(), entry.isDirectory() ? entry
                        : nodes.computeIfAbsent(entry.file, file -> new Entry(file.afterCrash(fate))));
            }
        });
        return new Names(reachable, new HashMap<>(reachable));
    }

    private static boolean isRoot(Path path) {
        return path.equals(CrashDisk.ROOT);
    }

    Names afterKill() {
        Map<Entry, Entry> copies = new HashMap<>(Map.of(Entry.DIRECTORY, Entry.DIRECTORY));
        Names copy = new Names(copyOf(durable, copies), copyOf(current, copies));
        pending.forEach(c -> copy.pending.add(new Change(c.operation, c.from, c.to, copyOf(c.entry, copies))));
        return copy;
    }

    private static Map<Path, Entry> copyOf(Map<Path, Entry> names, Map<Entry, Entry> copies) {
        Map<Path, Entry> copy = new HashMap<>();
        names.forEach((path, entry) -> copy.put(path, copyOf(entry, copies)));
        return copy;
    }

    private static Entry copyOf(Entry entry, Map<Entry, Entry> copies) {
        return copies.computeIfAbsent(entry, e -> new Entry(e.file.afterKill()));
    }
}
