package tranzr.client;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Consumer;
import tranzr.model.FileName;

/**
 * The files below a directory, one after the other, each with its name relative to the directory's parent: {@code photos/2020/a.jpg}. Sorted by name within each directory (in runs of
 * {@value #RUN} where one has more entries than that), so that memory depends on neither their number nor their sizes. A link to a file is followed when it stays within the tree; one
 * to a directory never is, what it shows lies elsewhere in the tree or does not belong to it. What is no file, or cannot be read, is left out and told.
 *
 * <p>For one thread.
 */
public final class FileTree implements Iterator<FileTree.Entry>, AutoCloseable {

    /**
     * A file.
     *
     * @param name at the server, with slashes
     * @param size in bytes, when it was looked at
     */
    public record Entry(Path path, String name, long size) {
    }

    /** So many entries of a directory are sorted at a time. */
    static final int RUN = 100_000;
    /** Deeper than this no name is short enough, with two bytes for each level. */
    private static final int DEEPEST = FileName.MAX_BYTES / 2;
    private static final int MAX_PROBLEMS = 1000;

    /** A directory that is being gone through. */
    private final class Level {
        private final DirectoryStream<Path> stream;
        private final Iterator<Path> rest;
        private final String prefix;
        private Iterator<Path> run = List.<Path>of().iterator();

        Level(Path directory, String prefix) throws IOException {
            this.stream = Files.newDirectoryStream(directory);
            this.rest = stream.iterator();
            this.prefix = prefix;
        }

        /** Null at the end. */
        Path next() {
            if (!run.hasNext()) {
                List<Path> names = new ArrayList<>();
                while (names.size() < runLength && rest.hasNext()) {
                    names.add(rest.next());
                }
                Path[] sorted = names.toArray(Path[]::new);
                Arrays.sort(sorted, Comparator.comparing(path -> path.getFileName().toString()));
                run = Arrays.asList(sorted).iterator();
            }
            return run.hasNext() ? run.next() : null;
        }

        void close() {
            try {
                stream.close();
            } catch (IOException e) {
                // It was only read.
            }
        }
    }

    private final Path root;
    private final int runLength;
    private final Consumer<String> notices;
    private final Deque<Level> levels = new ArrayDeque<>();
    private final List<String> problems = new ArrayList<>();
    private long problemCount;
    private Entry next;

    private FileTree(Path root, int runLength, Consumer<String> notices) {
        this.root = root;
        this.runLength = runLength;
        this.notices = notices;
    }

    /**
     * Begins at a directory.
     *
     * @param notices told of what is left out because it is no file; from the thread that goes through the tree
     * @throws TransferException {@link TransferException.Kind#INPUT} when it is none, or cannot be read
     */
    public static FileTree of(Path directory, Consumer<String> notices) throws TransferException {
        return of(directory, RUN, notices);
    }

    static FileTree of(Path directory, int runLength, Consumer<String> notices) throws TransferException {
        Path root;
        try {
            root = directory.toRealPath();
            FileTree tree = new FileTree(root, runLength, notices);
            String name = LocalName.of(root);
            tree.levels.push(tree.new Level(root, name.isEmpty() ? "" : name + "/"));
            return tree;
        } catch (IOException e) {
            throw new TransferException(TransferException.Kind.INPUT, why(directory, e), e);
        }
    }

    @Override
    public boolean hasNext() {
        while (next == null && !levels.isEmpty()) {
            Level level = levels.peek();
            try {
                Path path = level.next();
                if (path == null) {
                    levels.pop().close();
                } else {
                    next = look(level, path);
                }
            } catch (DirectoryIteratorException e) {
                problem(level.prefix + " cannot be read any further: " + e.getCause().getMessage());
                levels.pop().close();
            }
        }
        return next != null;
    }

    @Override
    public Entry next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        Entry entry = next;
        next = null;
        return entry;
    }

    /** Null when there is nothing to send; a directory is entered. */
    private Entry look(Level level, Path path) {
        String name = level.prefix + LocalName.of(path);
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (attributes.isSymbolicLink()) {
                return link(path, name);
            }
            if (attributes.isDirectory()) {
                enter(path, name);
                return null;
            }
            return file(path, name, attributes);
        } catch (NoSuchFileException e) {
            return null; // it went away meanwhile
        } catch (IOException e) {
            problem(why(path, e));
            return null;
        }
    }

    private Entry link(Path path, String name) throws IOException {
        Path target;
        try {
            target = path.toRealPath();
        } catch (IOException e) {
            notices.accept(name + " is left out: it is a link that leads nowhere");
            return null;
        }
        if (!target.startsWith(root)) {
            notices.accept(name + " is left out: it is a link that leads out of the directory");
            return null;
        }
        BasicFileAttributes attributes = Files.readAttributes(target, BasicFileAttributes.class);
        if (attributes.isDirectory()) {
            notices.accept(name + " is left out: it is a link to a directory, which goes by its own name");
            return null;
        }
        return file(target, name, attributes);
    }

    private Entry file(Path path, String name, BasicFileAttributes attributes) throws AccessDeniedException {
        if (!attributes.isRegularFile()) {
            notices.accept(name + " is left out: it is no ordinary file");
            return null;
        }
        Optional<String> objection = FileName.objection(name);
        if (objection.isPresent()) {
            problem("the name of " + path + " " + objection.get());
            return null;
        }
        if (!Files.isReadable(path)) {
            throw new AccessDeniedException(path.toString());
        }
        return new Entry(path, name, attributes.size());
    }

    private void enter(Path directory, String name) throws IOException {
        if (levels.size() >= DEEPEST) {
            problem(name + " is nested too deeply");
            return;
        }
        levels.push(new Level(directory, name + "/"));
    }

    private static String why(Path path, IOException e) {
        return switch (e) {
            case AccessDeniedException denied -> path + " may not be read";
            case NoSuchFileException gone -> "there is no directory " + path;
            case java.nio.file.NotDirectoryException file -> path + " is no directory";
            default -> path + " cannot be read: " + e.getMessage();
        };
    }

    private void problem(String what) {
        problemCount++;
        if (problems.size() < MAX_PROBLEMS) {
            problems.add(what);
        }
    }

    /** What could not be read or has no name that can be sent, for a person; the first {@value #MAX_PROBLEMS}. Complete when there is no next file. */
    public List<String> problems() {
        return List.copyOf(problems);
    }

    /** How many problems there were in all. */
    public long problemCount() {
        return problemCount;
    }

    @Override
    public void close() {
        levels.forEach(Level::close);
        levels.clear();
    }
}
