package tranzr;

import tranzr.cli.Cli;

/** Where the program starts, once {@link Launcher} has found the Java version good enough. */
public final class Main {

    private Main() {
    }

    public static void main(String[] args) {
        System.exit(Cli.run(args));
    }
}
