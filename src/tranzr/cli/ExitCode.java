package tranzr.cli;

import java.util.List;
import tranzr.client.TransferException;
import tranzr.server.StartException;

/** How a command ended, for the shell. The numbers are documented in {@code --help} and do not change. */
enum ExitCode {
    OK(0, "done, or stopped by Ctrl-C or SIGTERM with everything closed"),
    FAILED(1, "could not start, or was refused: port in use, directory refused, no right to write, disk full, a server that says no"),
    USAGE(2, "wrong option or value, no such file, a wrong password; or a Java that is too old"),
    IN_USE(3, "another process has the data directory, or the transfer, in hand"),
    DAMAGED(4, "verification failed: a transferred file is not what was sent; or the data is damaged: what fsck, dump or audit verify found, or what kept the server from starting"),
    STORAGE_FAILED(5, "the disk failed while running; nothing that was answered is lost"),
    PAUSED(6, "a transfer was interrupted, or what it needs is away; it goes on by tranzr resume, or by the same command");

    /** From the least bad; of several transfers the worst decides. */
    private static final List<ExitCode> BY_BADNESS = List.of(OK, PAUSED, IN_USE, USAGE, FAILED, DAMAGED, STORAGE_FAILED);

    private final int number;
    private final String meaning;

    ExitCode(int number, String meaning) {
        this.number = number;
        this.meaning = meaning;
    }

    int number() {
        return number;
    }

    String meaning() {
        return meaning;
    }

    static ExitCode of(StartException.Kind kind) {
        return switch (kind) {
            case REFUSED -> FAILED;
            case IN_USE -> IN_USE;
            case DAMAGED -> DAMAGED;
        };
    }

    static ExitCode of(TransferException.Kind kind) {
        return switch (kind) {
            case REFUSED, CANCELLED, CHANGED -> FAILED;
            case UNREACHABLE, PAUSED, LOCAL -> PAUSED;
            case VERIFICATION -> DAMAGED;
            case INPUT -> USAGE;
            case IN_USE -> IN_USE;
        };
    }

    ExitCode orWorse(ExitCode other) {
        return BY_BADNESS.indexOf(other) > BY_BADNESS.indexOf(this) ? other : this;
    }
}
