package tranzr.cli;

import tranzr.server.StartException;

/** How a command ended, for the shell. The numbers are documented in {@code --help} and do not change. */
enum ExitCode {
    OK(0, "done, or stopped by Ctrl-C or SIGTERM with everything closed"),
    FAILED(1, "could not start, or was refused: port in use, directory refused, no right to write, disk full, a server that says no"),
    USAGE(2, "wrong option or value; or a Java that is too old"),
    IN_USE(3, "another process has the data directory"),
    DAMAGED(4, "the data is damaged: what fsck, dump or audit verify found, or what kept the server from starting"),
    STORAGE_FAILED(5, "the disk failed while running; nothing that was answered is lost");

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
}
