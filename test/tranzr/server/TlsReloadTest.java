package tranzr.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tranzr.security.CurrentIdentity;
import tranzr.security.SelfSigned;
import tranzr.security.TlsIdentity;
import tranzr.server.TlsCertificates.Texts;
import tranzr.server.TlsReload.Outcome;

class TlsReloadTest {

    private static final SecureRandom RANDOM = new SecureRandom();

    private TlsIdentity first;
    private TlsIdentity second;
    private CurrentIdentity current;
    private TlsReload reload;
    /** Null when the files cannot be read. */
    private Texts onDisk;

    @BeforeEach
    void open() throws Exception {
        first = SelfSigned.create(Set.of("a"), Instant.now(), RANDOM);
        second = SelfSigned.create(Set.of("a"), Instant.now(), RANDOM);
        current = new CurrentIdentity(first, RANDOM);
        onDisk = texts(first, first);
        reload = new TlsReload(this::read, onDisk, current, InstantSource.system());
    }

    @AfterEach
    void close() {
        reload.close();
    }

    private Texts read() throws IOException {
        if (onDisk == null) {
            throw new NoSuchFileException("key.pem");
        }
        return onDisk;
    }

    private static Texts texts(TlsIdentity certificate, TlsIdentity key) throws Exception {
        return new Texts(certificate.toPem(), key.toPem());
    }

    private void assertLook(Outcome expected, TlsIdentity shown) {
        assertEquals(expected, reload.check());
        assertEquals(shown.fingerprint(), current.identity().fingerprint());
    }

    @Test
    void aNewPairIsTaken() throws Exception {
        assertLook(Outcome.UNCHANGED, first);
        onDisk = texts(second, second);
        assertLook(Outcome.TAKEN, second);
        assertLook(Outcome.UNCHANGED, second);
    }

    @Test
    void aPairOfWhichOneIsStillTheOldIsNeverTaken() throws Exception {
        onDisk = texts(second, first);
        assertLook(Outcome.DOUBTFUL, first);
        onDisk = texts(second, second);
        assertLook(Outcome.TAKEN, second);
        onDisk = texts(second, first);
        assertLook(Outcome.DOUBTFUL, second);
        onDisk = texts(first, first);
        assertLook(Outcome.TAKEN, first);
    }

    @Test
    void whatStaysBrokenIsToldAndTheOldOneGoesOn() throws Exception {
        onDisk = new Texts("junk", first.toPem());
        assertLook(Outcome.DOUBTFUL, first);
        assertLook(Outcome.REFUSED, first);
        assertLook(Outcome.REFUSED, first);
        onDisk = null;
        assertLook(Outcome.DOUBTFUL, first);
        assertLook(Outcome.REFUSED, first);
        onDisk = texts(first, first);
        assertLook(Outcome.UNCHANGED, first);
        onDisk = null;
        assertLook(Outcome.DOUBTFUL, first);
        onDisk = texts(second, second);
        assertLook(Outcome.TAKEN, second);
    }
}
