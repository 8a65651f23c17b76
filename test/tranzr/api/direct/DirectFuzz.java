package tranzr.api.direct;

import java.util.List;
import java.util.Map;
import tranzr.api.Fields;
import tranzr.fuzz.Expect;
import tranzr.fuzz.FuzzTarget;
import tranzr.fuzz.Target;
import tranzr.http.BadRequestException;
import tranzr.json.Json;
import tranzr.json.JsonException;

/** Lists of parts, as clients write them. */
public final class DirectFuzz {

    private static final String TAG = "\\\"0123abcd-681-00112233445566778899aabbccddeeff\\\"";

    private DirectFuzz() {
    }

    public static List<FuzzTarget> targets() {
        return List.of(Target.of("part-list", "tranzr.api.direct.PartList").seeds("{\"parts\":[{\"PartNumber\":1,\"ETag\":\"" + TAG + "\"},{\"PartNumber\":2,\"ETag\":\"x\"}]}",
                "{\"parts\":[{\"part_number\":1,\"etag\":\"" + TAG + "\"}]}", "{\"parts\":[]}", "{\"parts\":null}")
                .words("PartNumber", "ETag", "null", "[", "{", "\\\"", "-", "1e9", "1.0", "W/").bytes(DirectFuzz::list));
    }

    private static void list(byte[] input) {
        Map<String, Object> object;
        try {
            object = Json.readObject(input);
        } catch (JsonException e) {
            return; // the target "json" looks at these
        }
        try {
            PartList list = PartList.of(Fields.of(object));
            Expect.same(((List<?>) object.get("parts")).size(), list.entries().size(), "as many entries");
            List<Map<String, Object>> again = list.entries().stream().map(entry -> SignedParts.entry(entry.number(), "\"" + entry.tag() + "\"")).toList();
            Expect.same(list, PartList.of(Fields.of(Map.of("parts", again))), "again");
        } catch (BadRequestException e) {
            Expect.that(e.status() == 400 && e.code().equals("invalid_value"), "refused as " + e.status() + " " + e.code());
        }
    }
}
