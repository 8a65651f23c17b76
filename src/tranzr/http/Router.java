package tranzr.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Finds the route of a request by its decoded segments. A pattern is like {@code /uploads/{file_id}/chunks/{chunk_index}}: literal
 * segments win over named ones, segment by segment from the left; a named one matches any segment but an empty one. The path is
 * found first, then the method: a path that lacks the method is 405 with {@code Allow}, even when a less literal pattern has it.
 * HEAD falls back to GET. OPTIONS answers 204 with {@code Allow} where no route has it, and {@code Allow} comes with what a route answers to it; a browser's preflight
 * ({@link Cors}) is answered for any path there is. Immutable, for any thread.
 */
public final class Router implements Handler {

    /** A method, a pattern and its handler. */
    public record Route(String method, String pattern, Handler handler) {
    }

    /** What may follow a given beginning of a path. */
    private static final class Node {
        final Map<String, Node> literal = new HashMap<>();
        Node named;
        /** By method; empty when no pattern ends here. */
        final Map<String, Target> targets = new TreeMap<>();
    }

    /** @param names the pattern's segments: a name, or null where it is literal */
    private record Target(List<String> names, Handler handler) {
    }

    private final Node root = new Node();

    /** @throws IllegalArgumentException for a pattern that makes no sense, or two routes for the same */
    public Router(List<Route> routes) {
        for (Route route : routes) {
            add(route);
        }
    }

    private void add(Route route) {
        String pattern = route.pattern();
        if (!pattern.startsWith("/")) {
            throw new IllegalArgumentException("a pattern begins with a slash: " + pattern);
        }
        List<String> names = new ArrayList<>();
        Node node = root;
        for (String segment : pattern.equals("/") ? new String[0] : pattern.substring(1).split("/", -1)) {
            if (segment.startsWith("{") && segment.endsWith("}")) {
                String name = segment.substring(1, segment.length() - 1);
                if (names.contains(name)) {
                    throw new IllegalArgumentException("a name stands twice in " + pattern);
                }
                names.add(name);
                if (node.named == null) {
                    node.named = new Node();
                }
                node = node.named;
            } else {
                names.add(null);
                node = node.literal.computeIfAbsent(segment, literal -> new Node());
            }
        }
        if (node.targets.putIfAbsent(route.method(), new Target(names, route.handler())) != null) {
            throw new IllegalArgumentException("two routes for " + route.method() + " " + pattern);
        }
    }

    @Override
    public Response handle(Request request) throws Exception {
        List<String> segments = request.segments();
        Node node = find(root, segments, 0);
        if (node == null) {
            return Response.problem(404, "not_found", "Not found", "There is nothing at this path.", Map.of());
        }
        if (Cors.isPreflight(request)) {
            // It comes without credentials, so that no handler could answer it.
            return Response.empty(204).header("Allow", allow(node));
        }
        Target target = node.targets.get(request.method());
        if (target == null && request.method().equals("HEAD")) {
            target = node.targets.get("GET");
        }
        if (target != null) {
            request.bind(values(target, segments));
            Response answer = target.handler().handle(request);
            if (request.method().equals("OPTIONS")) {
                answer.headerIfAbsent("Allow", allow(node));
            }
            return answer;
        }
        if (request.method().equals("OPTIONS")) {
            return Response.empty(204).header("Allow", allow(node));
        }
        return Response.problem(405, "method_not_allowed", "Method not allowed",
                "This path knows only the methods " + allow(node) + ".", Map.of()).header("Allow", allow(node));
    }

    /** The most literal node with routes that fits; null when none does. Its cost is bounded by the number of routes. */
    private static Node find(Node node, List<String> segments, int index) {
        if (index == segments.size()) {
            return node.targets.isEmpty() ? null : node;
        }
        String segment = segments.get(index);
        Node literal = node.literal.get(segment);
        Node found = literal == null ? null : find(literal, segments, index + 1);
        if (found == null && node.named != null && !segment.isEmpty()) {
            found = find(node.named, segments, index + 1);
        }
        return found;
    }

    private static Map<String, String> values(Target target, List<String> segments) {
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < segments.size(); i++) {
            String name = target.names().get(i);
            if (name != null) {
                values.put(name, segments.get(i));
            }
        }
        return values;
    }

    private static String allow(Node node) {
        TreeSet<String> methods = new TreeSet<>(node.targets.keySet());
        if (methods.contains("GET")) {
            methods.add("HEAD");
        }
        methods.add("OPTIONS");
        return String.join(", ", methods);
    }
}
