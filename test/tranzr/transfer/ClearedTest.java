package tranzr.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.access.Caller;
import tranzr.model.Share;
import tranzr.model.Upload;
import tranzr.transfer.Cleanup.Cleared;

/** What the clean-up says it has cleared away. */
class ClearedTest {

    @Test
    void eachThingThatExpiresIsToldOnce(@TempDir Path folder) throws Exception {
        try (EngineFixture fixture = new EngineFixture(folder)) {
            Instant soon = fixture.time.get().plus(Duration.ofHours(1));
            Upload upload = fixture.start(100, 10);
            Uploads uploads = fixture.uploads();
            byte[] bytes = {1, 2, 3};
            Upload file = uploads.receive(new NewUpload(uploads.newId(), "f", 3, 3, 0, -1, null, null), new TestBody(bytes), DigestClaim.NONE, soon, List.of());
            Upload kept = uploads.receive(new NewUpload(uploads.newId(), "g", 3, 3, 0, -1, null, null), new TestBody(bytes), DigestClaim.NONE, null, List.of());
            Share share = fixture.engine.shares(Caller.SYSTEM).create(kept.id(), new Shares.Terms(soon, 0, null)).share();
            List<Cleared> told = new ArrayList<>();
            fixture.engine.cleanup().tell(told::add);
            fixture.engine.cleanup().run();
            assertEquals(List.of(), told);
            fixture.time.set(soon.plus(Duration.ofDays(8)));
            fixture.engine.cleanup().run();
            fixture.engine.cleanup().run();
            assertEquals(3, told.size());
            assertEquals(Set.of(new Cleared.UploadExpired(upload.id()), new Cleared.FileExpired(file.id()),
                    new Cleared.ShareForgotten(share.tokenHash(), kept.id())), Set.copyOf(told));
        }
    }
}
