package tranzr.server;

import java.time.InstantSource;
import java.time.ZoneId;
import tranzr.api.Throttle;
import tranzr.limit.Bandwidth;
import tranzr.limit.Concurrency;
import tranzr.limit.Rate;
import tranzr.limit.RateLimiter;
import tranzr.limit.Schedule;
import tranzr.limit.TransferSlots;

/**
 * The limits of one server, checked.
 *
 * @param bandwidth of all transfers together
 * @param bandwidthPerToken of the transfers of each token together
 * @param bandwidthPerTransfer of each transfer
 * @param maxUploads at the same time, at least 1, or {@link Concurrency#NONE}
 * @param maxDownloads as {@code maxUploads}
 * @param maxTransfersPerToken uploads and downloads together, as {@code maxUploads}
 * @param maxTransfersPerAddress uploads and downloads together, as {@code maxUploads}
 * @param requestRate requests of each address
 * @param requestRatePerToken requests with each token
 * @param loginRate logins and failed tokens of each address
 * @param linkRate links made with each token, or by each address where there is no token
 */
public record LimitConfig(Schedule bandwidth, Schedule bandwidthPerToken, Schedule bandwidthPerTransfer, int maxUploads, int maxDownloads,
        int maxTransfersPerToken, int maxTransfersPerAddress, Rate requestRate, Rate requestRatePerToken, Rate loginRate, Rate linkRate) {

    private static final int MOST = 1_000_000;

    /** @throws ConfigException for a value that cannot be used, naming it and where it stands */
    static LimitConfig of(Settings settings) throws ConfigException {
        return new LimitConfig(
                Config.parsed(settings, Option.BANDWIDTH, Schedule::parse),
                Config.parsed(settings, Option.BANDWIDTH_PER_TOKEN, Schedule::parse),
                Config.parsed(settings, Option.BANDWIDTH_PER_TRANSFER, Schedule::parse),
                Config.parsed(settings, Option.MAX_UPLOADS, LimitConfig::count),
                Config.parsed(settings, Option.MAX_DOWNLOADS, LimitConfig::count),
                Config.parsed(settings, Option.MAX_TRANSFERS_PER_TOKEN, LimitConfig::count),
                Config.parsed(settings, Option.MAX_TRANSFERS_PER_ADDRESS, LimitConfig::count),
                Config.parsed(settings, Option.REQUEST_RATE, Rate::parse),
                Config.parsed(settings, Option.REQUEST_RATE_PER_TOKEN, Rate::parse),
                Config.parsed(settings, Option.LOGIN_RATE, Rate::parse),
                Config.parsed(settings, Option.LINK_RATE, Rate::parse));
    }

    /** What keeps to these limits. */
    Throttle throttle(InstantSource clock) {
        Throttle.Rates rates = new Throttle.Rates(new RateLimiter(requestRate, System::nanoTime), new RateLimiter(requestRatePerToken, System::nanoTime),
                new RateLimiter(loginRate, System::nanoTime), new RateLimiter(linkRate, System::nanoTime));
        return new Throttle(rates, new TransferSlots(maxUploads, maxDownloads, maxTransfersPerToken, maxTransfersPerAddress),
                new Bandwidth(bandwidth, bandwidthPerToken, bandwidthPerTransfer, ZoneId.systemDefault(), clock));
    }

    private static int count(String text) {
        if (text.equals("none")) {
            return Concurrency.NONE;
        }
        if (!text.matches("[0-9]{1,7}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > MOST) {
            throw new IllegalArgumentException("is neither a number from 1 to " + MOST + " nor none");
        }
        return Integer.parseInt(text);
    }
}
