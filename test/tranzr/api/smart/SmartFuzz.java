package tranzr.api.smart;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import tranzr.fuzz.Expect;
import tranzr.fuzz.FuzzTarget;
import tranzr.fuzz.Target;
import tranzr.http.BadRequestException;
import tranzr.model.Digest;

/** Manifests, and what is remembered of them. */
public final class SmartFuzz {

    private static final String ID = "0f8fad5b-d9cb-469f-a165-70867728950e";
    private static final String SUM = "ab".repeat(32);

    private SmartFuzz() {
    }

    public static List<FuzzTarget> targets() {
        return List.of(Target.of("smart-manifest", "tranzr.api.smart.Manifest", "tranzr.api.smart.Cuts").seeds(
                "{\"file_id\":\"" + ID + "\",\"filename\":\"a\",\"size\":25,\"chunk_size\":10,\"chunks\":[{\"chunk_id\":0,\"size\":10,\"checksum\":\"" + SUM + "\"},{\"chunk_id\":1,\"size\":10,\"checksum\":\""
                        + SUM + "\"},{\"chunk_id\":2,\"size\":5,\"checksum\":\"" + SUM + "\"}],\"priority\":\"low\"}",
                "{\"chunks\":[],\"priority\":null,\"chunk_size\":1,\"size\":0,\"filename\":\"b\",\"file_id\":\"" + ID + "\",\"other\":[{\"x\":[1]}]}",
                "{\"file_id\":\"" + ID + "\",\"filename\":\"c\",\"size\":9223372036854775807,\"chunk_size\":9223372036854775807,\"chunks\":[{\"chunk_id\":0,\"size\":9223372036854775807,\"checksum\":\"" + SUM + "\"}]}")
                .words("\"chunk_id\":", "\"size\":", "\"checksum\":", "\"chunk_size\":", "null", "{", "}", "[", "]", ",", "-1", "9223372036854775807", "1e9", "0.5", SUM, ID, "\"chunks\":[")
                .bytes(SmartFuzz::manifest));
    }

    private static void manifest(byte[] input) throws IOException {
        Cuts.Last before = new Cuts.Last(1, 10, Digest.ofHex(SUM), false);
        Manifest manifest;
        try {
            manifest = Manifest.read(new ByteArrayInputStream(input), _ -> List.of(before));
        } catch (BadRequestException e) {
            Expect.that(e.status() == 400 && e.getMessage().length() < 500, "refused as " + e.status() + " " + e.getMessage());
            return;
        }
        Expect.that(manifest.size() >= 0 && manifest.chunkSize() >= 1 && manifest.count() >= 0, "sizes of " + manifest);
        Expect.that(manifest.count() == Math.ceilDiv(manifest.size(), manifest.chunkSize()), "chunks that are not the file: " + manifest);
        Expect.that((manifest.last() == null) == (manifest.count() == 0), "no last chunk: " + manifest);
        Expect.that(manifest.last() == null || manifest.last().id() == manifest.count() - 1 && manifest.last().length() == manifest.size() - manifest.last().id() * manifest.chunkSize(),
                "another last chunk: " + manifest);
        Cuts cuts = new Cuts(Digest.ofHex(SUM), before, List.of()).followedBy(manifest);
        Expect.same(cuts, Cuts.of(cuts.notes()), "what was remembered");
        Expect.same(manifest.id(), UUID.fromString(manifest.id().toString()), "the id");
    }
}
