package tranzr.api.rest;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import tranzr.api.Callers;
import tranzr.api.Fields;
import tranzr.api.Ids;
import tranzr.api.Paging;
import tranzr.api.Recorder;
import tranzr.http.Request;
import tranzr.http.Response;
import tranzr.model.Delivery;
import tranzr.model.Webhook;
import tranzr.transfer.Failure;
import tranzr.transfer.FailureException;
import tranzr.webhook.Hooks;
import tranzr.webhook.Webhooks;

/** The routes by which the owner of a token has other servers told of events. */
public final class WebhookRoutes {

    private final Hooks hooks;

    public WebhookRoutes(Hooks hooks) {
        this.hooks = hooks;
    }

    private Webhooks webhooks(Request request) {
        return hooks.webhooks(Callers.of(request));
    }

    /** {@code POST /webhooks}. */
    public Response create(Request request) {
        Fields fields = Fields.json(request);
        String url = fields.text("url").orElseThrow(() -> Fields.invalid("url", "is needed"));
        Webhook hook = webhooks(request).create(new Webhooks.Terms(url, events(fields).orElse(Set.of()), fields.flag("active").orElse(true)));
        Recorder.note(request, "webhook_id", hook.id().toString());
        Map<String, Object> view = view(webhooks(request).get(hook.id()));
        view.put("key", hook.key());
        return Response.json(201, view).header("Location", "/webhooks/" + hook.id()).header("Cache-Control", "no-store");
    }

    /** {@code GET /webhooks}. */
    public Response list(Request request) {
        Paging paging = Paging.of(request);
        return paging.answer(webhooks(request).list(after(paging), paging.probe()), view -> view.hook().id().toString(), WebhookRoutes::view, "/webhooks",
                Map.of());
    }

    /** {@code GET /webhooks/{webhook_id}}. */
    public Response get(Request request) {
        return Response.json(200, view(webhooks(request).get(id(request)))).header("Cache-Control", "no-store");
    }

    /** {@code PATCH /webhooks/{webhook_id}}: changes what is named and leaves the rest. */
    public Response change(Request request) {
        Fields fields = Fields.json(request);
        Optional<String> url = fields.text("url");
        Optional<Set<String>> events = events(fields);
        Optional<Boolean> active = fields.flag("active");
        return Response.json(200, view(webhooks(request).change(id(request), before ->
                new Webhooks.Terms(url.orElse(before.url()), events.orElse(before.events()), active.orElse(before.active())))))
                .header("Cache-Control", "no-store");
    }

    /** {@code DELETE /webhooks/{webhook_id}}. */
    public Response delete(Request request) {
        webhooks(request).delete(id(request));
        return Response.empty(204);
    }

    /** {@code POST /webhooks/{webhook_id}/test}. */
    public Response test(Request request) {
        return Response.json(202, view(webhooks(request).ping(id(request)))).header("Cache-Control", "no-store");
    }

    /** {@code GET /webhooks/{webhook_id}/deliveries}. */
    public Response deliveries(Request request) {
        Paging paging = Paging.of(request);
        UUID id = id(request);
        return paging.answer(webhooks(request).deliveries(id, after(paging), paging.probe()), delivery -> delivery.id().toString(), WebhookRoutes::view,
                "/webhooks/" + id + "/deliveries", Map.of());
    }

    /** {@code POST /webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver}. */
    public Response redeliver(Request request) {
        UUID delivery = Ids.parse(request.path("delivery_id")).orElseThrow(() -> new FailureException(new Failure.UnknownDelivery()));
        return Response.json(202, view(webhooks(request).redeliver(id(request), delivery))).header("Cache-Control", "no-store");
    }

    private static UUID id(Request request) {
        return Ids.parse(request.path("webhook_id")).orElseThrow(() -> new FailureException(new Failure.UnknownWebhook()));
    }

    private static Optional<UUID> after(Paging paging) {
        return paging.after().map(text -> Ids.parse(text).orElseThrow(() -> Fields.invalid("after", "must be an id from this list")));
    }

    /** None of them, or null, means all; empty when nothing is said. */
    private static Optional<Set<String>> events(Fields fields) {
        if (!fields.has("events")) {
            return Optional.empty();
        }
        return Optional.of(new HashSet<>(fields.texts("events").orElse(List.of())));
    }

    private static Map<String, Object> view(Webhooks.View view) {
        Webhook hook = view.hook();
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("webhook_id", hook.id().toString());
        map.put("url", hook.url());
        map.put("events", List.copyOf(hook.events()));
        map.put("active", hook.active());
        map.put("owner", hook.owner().toString());
        map.put("created_at", hook.created().toString());
        map.put("waiting", view.waiting());
        map.put("given_up", view.givenUp());
        map.put("dropped", view.dropped());
        map.put("last_at", view.lastAt() == null ? null : view.lastAt().toString());
        map.put("last_result", view.lastResult());
        return map;
    }

    private static Map<String, Object> view(Delivery delivery) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("delivery_id", delivery.id().toString());
        map.put("event_id", delivery.event().toString());
        map.put("type", delivery.type());
        map.put("created_at", delivery.created().toString());
        map.put("attempts", delivery.attempts());
        map.put("next_at", delivery.next() == null ? null : delivery.next().toString());
        map.put("last_result", delivery.lastResult());
        return map;
    }
}
