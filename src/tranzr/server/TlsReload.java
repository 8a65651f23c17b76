package tranzr.server;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import tranzr.security.CurrentIdentity;
import tranzr.security.TlsIdentity;

/**
 * Looks every few seconds whether the certificate or its key was replaced, and takes the new ones when both are there and fit. The two files cannot be
 * replaced at once, so what does not fit gets one period more; then it is told once, and the old ones go on.
 */
final class TlsReload implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(TlsReload.class.getName());
    private static final Duration PERIOD = Duration.ofSeconds(2);

    /** What a look found. */
    enum Outcome { UNCHANGED, TAKEN, DOUBTFUL, REFUSED }

    /** Reads both files. */
    @FunctionalInterface
    interface Source {
        TlsCertificates.Texts read() throws IOException;
    }

    private final Source source;
    private final CurrentIdentity current;
    private final InstantSource clock;
    private final ScheduledExecutorService thread;
    private TlsCertificates.Texts taken;
    /** Why the latest look failed; null when it did not. */
    private String complaint;
    private boolean told;

    /**
     * @param taken what {@code current} was made of
     */
    TlsReload(Source source, TlsCertificates.Texts taken, CurrentIdentity current, InstantSource clock) {
        this.source = source;
        this.taken = taken;
        this.current = current;
        this.clock = clock;
        this.thread = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("tranzr-tls-reload").factory());
    }

    /** Begins to look now and then. */
    void start() {
        thread.scheduleWithFixedDelay(() -> {
            try {
                check();
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "looking for a new certificate failed", e);
            }
        }, PERIOD.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Looks once. */
    synchronized Outcome check() {
        try {
            TlsCertificates.Texts texts = source.read();
            if (texts.equals(taken)) {
                complaint = null;
                return Outcome.UNCHANGED;
            }
            TlsIdentity identity = texts.parse();
            current.replace(identity);
            taken = texts;
            complaint = null;
            LOG.log(System.Logger.Level.INFO, "new connections get the new certificate, valid until {0}, with the fingerprint {1}",
                    identity.certificate().getNotAfter().toInstant(), identity.fingerprint());
            warnIfInvalid(identity, clock);
            return Outcome.TAKEN;
        } catch (IOException e) {
            return complain(Settings.reason(e));
        } catch (GeneralSecurityException e) {
            return complain(e.getMessage());
        }
    }

    private Outcome complain(String reason) {
        boolean again = reason.equals(complaint);
        if (!again) {
            complaint = reason;
            told = false;
            return Outcome.DOUBTFUL;
        }
        if (!told) {
            told = true;
            LOG.log(System.Logger.Level.ERROR, "the certificate or its key has changed and cannot be used, so the one from before goes on: " + reason);
        }
        return Outcome.REFUSED;
    }

    /** Clients will refuse it; but who is asked to use it may know why. */
    static void warnIfInvalid(TlsIdentity identity, InstantSource clock) {
        if (!identity.isValidAt(clock.instant())) {
            LOG.log(System.Logger.Level.WARNING, "the certificate is not valid at this time, but only from {0} to {1}",
                    identity.certificate().getNotBefore().toInstant(), identity.certificate().getNotAfter().toInstant());
        }
    }

    @Override
    public void close() {
        thread.shutdown();
    }
}
