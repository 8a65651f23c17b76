package tranzr.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tranzr.api.ErrorCode;
import tranzr.api.Need;
import tranzr.api.curl.CurlApi;
import tranzr.api.chunky.ChunkyRoutes;
import tranzr.api.direct.DirectRoutes;
import tranzr.api.direct.SignedRoutes;
import tranzr.api.ietf.ResumableUploads;
import tranzr.api.live.EventRoutes;
import tranzr.api.live.SocketRoutes;
import tranzr.api.live.TransferRoutes;
import tranzr.api.rest.AccessRoutes;
import tranzr.api.rest.AttemptRoutes;
import tranzr.api.rest.AuditRoutes;
import tranzr.api.rest.ChunkRoutes;
import tranzr.api.rest.FileRoutes;
import tranzr.api.rest.LinkRoutes;
import tranzr.api.rest.MetricsRoutes;
import tranzr.api.rest.PreviewRoutes;
import tranzr.api.rest.RequestRoutes;
import tranzr.api.rest.RoomRoutes;
import tranzr.api.rest.SecondFactorRoutes;
import tranzr.api.rest.ServiceRoutes;
import tranzr.api.rest.SessionRoutes;
import tranzr.api.rest.ShareRoutes;
import tranzr.api.rest.TokenRoutes;
import tranzr.api.rest.UploadRoutes;
import tranzr.api.rest.WebhookRoutes;
import tranzr.api.smart.SmartRoutes;
import tranzr.api.tus.TusRoutes;
import tranzr.api.ui.LinkPage;
import tranzr.api.ui.Pages;
import tranzr.api.upflow.UpflowRoutes;
import tranzr.json.Json;

/** Holds the routes page, the OpenAPI description and docs/api.md against each other. */
class RoutesTest {

    private static final Set<String> METHODS = Set.of("get", "put", "post", "patch", "delete", "head", "options");

    /** Handlers that are never called. */
    private static List<Routes.Route> routes() {
        return Routes.of(new Routes.Doors(new UploadRoutes(null, 1, null), new ChunkRoutes(null, List.of()), new FileRoutes(null, null),
                new ShareRoutes(null, InstantSource.system(), null), new ServiceRoutes(() -> null, ""),
                new CurlApi(null, InstantSource.system(), new Random(1)),
                new TokenRoutes(null, null, null, null), new RoomRoutes(null, null), new AccessRoutes(null, null, null, null, null),
                new AuditRoutes(null), new SessionRoutes(null, null, null), new SecondFactorRoutes(null), new WebhookRoutes(null), new RequestRoutes(null, null, null, null), new AttemptRoutes(null, null), new Pages(),
                new EventRoutes(null, null, null), new TransferRoutes(null), new SocketRoutes(null, null, null), new MetricsRoutes(null, null, null), new LinkRoutes(null), new LinkPage(null, new Pages()),
                new PreviewRoutes(null), new Protocols(new TusRoutes(null, null, 1), new ResumableUploads(null, InstantSource.system(), null), new DirectRoutes(null, null, null, null),
                        new SignedRoutes(null, null), new UpflowRoutes(null), new SmartRoutes(null), new ChunkyRoutes(null))));
    }

    private static Map<String, Object> description() throws IOException {
        try (var in = ServiceRoutes.class.getResourceAsStream("openapi.json")) {
            return Json.readObject(in.readAllBytes());
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> object(Object value) {
        return (Map<String, Object>) value;
    }

    private static String docs() throws IOException {
        return Files.readString(Path.of(System.getProperty("tranzr.root"), "docs", "api.md"));
    }

    @Test
    void theDescriptionHasTheRoutesAndNoOthers() throws IOException {
        Set<String> described = new TreeSet<>();
        object(description().get("paths")).forEach((path, operations) -> object(operations).keySet().stream()
                .filter(METHODS::contains).forEach(method -> described.add(method.toUpperCase(Locale.ROOT) + " " + path)));
        assertEquals(routes().stream().map(route -> route.method() + " " + route.pattern()).collect(Collectors.toCollection(TreeSet::new)),
                described);
    }

    /** Under it a reader finds it. */
    @Test
    void eachOperationStandsUnderOneHeadOfTheDescription() throws IOException {
        Set<Object> heads = ((List<?>) description().get("tags")).stream().map(head -> object(head).get("name")).collect(Collectors.toSet());
        Set<Object> used = new java.util.HashSet<>();
        object(description().get("paths")).forEach((path, operations) -> object(operations).forEach((method, operation) -> {
            List<?> tags = (List<?>) object(operation).getOrDefault("tags", List.of());
            assertTrue(tags.size() == 1 && heads.contains(tags.getFirst()), method + " " + path + " has the tags " + tags);
            used.addAll(tags);
        }));
        assertEquals(heads, used);
    }

    @Test
    void theDescriptionSaysWhichRoutesNeedNoToken() throws IOException {
        Map<String, Object> paths = object(description().get("paths"));
        for (Routes.Route route : routes()) {
            Map<String, Object> operation = object(object(paths.get(route.pattern())).get(route.method().toLowerCase(Locale.ROOT)));
            assertEquals(Set.of(Need.OPEN, Need.GUEST, Need.SIGNED).contains(route.need()), List.of().equals(operation.get("security")), route.toString());
        }
    }

    @Test
    void theDescriptionNamesEachParameterOfAPath() throws IOException {
        Map<String, Object> shared = object(object(description().get("components")).get("parameters"));
        for (Map.Entry<String, Object> path : object(description().get("paths")).entrySet()) {
            Set<String> inPath = Pattern.compile("\\{(\\w+)}").matcher(path.getKey()).results().map(m -> m.group(1))
                    .collect(Collectors.toSet());
            object(path.getValue()).values().forEach(operation -> {
                List<?> parameters = (List<?>) object(operation).getOrDefault("parameters", List.of());
                assertEquals(inPath, parameters.stream().map(parameter -> resolved(object(parameter), shared))
                        .filter(parameter -> "path".equals(parameter.get("in"))).map(parameter -> parameter.get("name"))
                        .collect(Collectors.toSet()), path.getKey());
            });
        }
    }

    private static Map<String, Object> resolved(Map<String, Object> parameter, Map<String, Object> shared) {
        return parameter.get("$ref") instanceof String ref ? object(shared.get(ref.substring(ref.lastIndexOf('/') + 1))) : parameter;
    }

    @Test
    void everyReferenceOfTheDescriptionLeadsSomewhere() throws IOException {
        Map<String, Object> description = description();
        Matcher references = Pattern.compile("\"\\$ref\":\"#/([^\"]+)\"")
                .matcher(new String(Json.write(description), java.nio.charset.StandardCharsets.UTF_8));
        int count = 0;
        while (references.find()) {
            Object at = description;
            for (String step : references.group(1).split("/")) {
                at = object(at).get(step);
            }
            assertTrue(at instanceof Map, references.group());
            count++;
        }
        assertTrue(count > 50, "only " + count + " references were found");
    }

    @Test
    void theDescriptionHasTheErrorCodesAndNoOthers() throws IOException {
        Map<String, Object> expected = new TreeMap<>();
        for (ErrorCode code : ErrorCode.values()) {
            expected.put(code.wireName(), Map.of("status", code.status(), "title", code.title(), "retryable", code.retryable()));
        }
        assertEquals(expected, new TreeMap<>(object(description().get("x-error-codes"))));
    }

    @Test
    void thePageForPeopleHasTheSameRoutesRightsAndCodes() throws IOException {
        Set<String> told = Pattern.compile("(?m)^\\| `([A-Z]+ /\\S*)` \\| (\\w+) \\|").matcher(docs()).results()
                .map(m -> m.group(1) + " " + m.group(2)).collect(Collectors.toCollection(TreeSet::new));
        assertEquals(routes().stream().map(route -> route.method() + " " + route.pattern() + " "
                + route.need().name().toLowerCase(Locale.ROOT)).collect(Collectors.toCollection(TreeSet::new)), told);
        Set<String> codes = Pattern.compile("(?m)^\\| `([a-z_]+)` \\| (\\d{3}) \\| (yes|no) \\|").matcher(docs()).results()
                .map(m -> m.group(1) + " " + m.group(2) + " " + m.group(3)).collect(Collectors.toCollection(TreeSet::new));
        assertEquals(Arrays.stream(ErrorCode.values()).map(code -> code.wireName() + " " + code.status() + " "
                + (code.retryable() ? "yes" : "no")).collect(Collectors.toCollection(TreeSet::new)), codes);
    }
}
