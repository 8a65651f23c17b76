package tranzr.server;

import java.util.OptionalInt;
import tranzr.disk.OpenFiles;
import tranzr.http.Cors;
import tranzr.http.Limits;
import tranzr.model.ByteSize;
import tranzr.model.TimeSpan;

/**
 * How connections are treated, checked.
 *
 * @param limits of time, speed and number
 * @param cors which pages of other origins may call
 */
public record ConnectionConfig(Limits limits, Cors cors) {

    /** Where the system does not tell how many files may be open. */
    static final int USUAL_CONNECTIONS = 4000;

    private static final String NONE = "none";
    private static final String PER_SECOND = "/s";
    private static final long MAX_MIN_RATE = 1 << 30;
    /** Beside its connections the server has files open. */
    private static final int FILES = 64;

    /** @throws ConfigException for a value that cannot be used, naming it and where it stands */
    static ConnectionConfig of(Settings settings) throws ConfigException {
        OptionalInt files = OpenFiles.limit();
        int most = settings.get(Option.MAX_CONNECTIONS).isEmpty() ? usualConnections(files)
                : Config.parsed(settings, Option.MAX_CONNECTIONS, text -> connections(text, files));
        return new ConnectionConfig(new Limits(
                Config.parsed(settings, Option.STALL, text -> Config.atLeastASecond(TimeSpan.parse(text))),
                Config.parsed(settings, Option.HEAD_TIME, text -> Config.atLeastASecond(TimeSpan.parse(text))),
                Config.parsed(settings, Option.MIN_RATE, ConnectionConfig::rate),
                Config.parsed(settings, Option.MIN_RATE_PATIENCE, text -> Config.atLeastASecond(TimeSpan.parse(text))),
                most,
                Config.parsed(settings, Option.MAX_CONNECTIONS_PER_ADDRESS, text -> text.equals(NONE) ? most : number(text))),
                Config.parsed(settings, Option.CORS_ORIGIN, Cors::parse));
    }

    /** Three quarters of what may be open: a transfer has a connection and a file. */
    static int usualConnections(OptionalInt files) {
        return files.isEmpty() ? USUAL_CONNECTIONS : Math.max(16, files.getAsInt() / 4 * 3);
    }

    private static int connections(String text, OptionalInt files) {
        int number = number(text);
        if (files.isPresent() && number > files.getAsInt() - FILES) {
            throw new IllegalArgumentException("is more than the system allows: ulimit -n is " + files.getAsInt() + ", of which " + FILES
                    + " are needed otherwise");
        }
        return number;
    }

    private static int number(String text) {
        if (!text.matches("[0-9]{1,7}") || Integer.parseInt(text) < 1) {
            throw new IllegalArgumentException("is not a number from 1 to 9999999");
        }
        return Integer.parseInt(text);
    }

    private static long rate(String text) {
        if (text.equals(NONE)) {
            return 0;
        }
        if (!text.endsWith(PER_SECOND)) {
            throw new IllegalArgumentException("is not a rate such as 1KiB/s");
        }
        long bytes = ByteSize.parse(text.substring(0, text.length() - PER_SECOND.length()));
        if (bytes < 1 || bytes > MAX_MIN_RATE) {
            throw new IllegalArgumentException("is not from 1B/s to 1GiB/s; none turns it off");
        }
        return bytes;
    }
}
