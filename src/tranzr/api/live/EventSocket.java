package tranzr.api.live;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import tranzr.access.Caller;
import tranzr.access.Permissions;
import tranzr.api.Fields;
import tranzr.api.Problem;
import tranzr.api.Problems;
import tranzr.events.Batch;
import tranzr.events.EventHub;
import tranzr.events.Subscription;
import tranzr.http.BadRequestException;
import tranzr.http.WebSocket;
import tranzr.json.Json;
import tranzr.limit.RateLimiter;
import tranzr.model.Right;
import tranzr.model.Upload;
import tranzr.model.UploadState;
import tranzr.transfer.Engine;
import tranzr.transfer.Failure;
import tranzr.transfer.FailureException;
import tranzr.transfer.Peer;

/**
 * One event socket: reads what the client says on the thread of its request, and tells it events on a thread for each subscription, of which there is one at a time.
 * Both wait for the client alone, so that one who does not read keeps nobody else, and no event that is more than the hub has for all.
 */
final class EventSocket implements WebSocket.Session {

    /**
     * What all sockets lead to.
     *
     * @param messages how often a client may say something, by socket
     * @param heartbeat how long a subscription is silent at most
     */
    record Doors(EventHub hub, Engine engine, RateLimiter messages, Duration heartbeat) {
    }

    private final Doors to;
    private final Caller caller;
    private final Peer peer;
    private WebSocket socket;
    /** Both null before the first subscription. */
    private Subscription subscription;
    private Thread teller;

    EventSocket(Doors to, Caller caller, Peer peer) {
        this.to = to;
        this.caller = caller;
        this.peer = peer;
    }

    @Override
    public void run(WebSocket opened) {
        socket = opened;
        try {
            for (String text = socket.receive(); text != null; text = socket.receive()) {
                take(text);
            }
        } finally {
            unsubscribe();
        }
    }

    private void take(String text) {
        try {
            Duration wait = to.messages().acquire(this);
            if (wait.isPositive()) {
                throw new FailureException(new Failure.TooManyRequests(wait));
            }
            switch (SocketMessage.parse(text)) {
                case SocketMessage.Subscribe wanted -> subscribe(wanted);
                case SocketMessage.Unsubscribe _ -> unsubscribe();
                case SocketMessage.Progress progress -> report(progress);
            }
        } catch (FailureException e) {
            Problem problem = Problems.of(e.failure());
            refuse(problem.code(), problem.detail(), null);
        } catch (BadRequestException e) {
            refuse(e.code(), e.getMessage(), e.field());
        }
    }

    /** @param field null when it is about none */
    private void refuse(String code, String detail, String field) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("type", "error");
        body.put("code", code);
        body.put("detail", detail);
        if (field != null) {
            body.put("field", field);
        }
        socket.send(text(body));
    }

    private void subscribe(SocketMessage.Subscribe wanted) {
        if (wanted.file() != null) {
            requireKnown(wanted.file());
        } else if (!Permissions.atAll(caller).contains(Right.LIST)) {
            throw new FailureException(new Failure.Forbidden(Right.LIST));
        }
        unsubscribe();
        Subscription begun = to.hub().subscribe(caller, peer, wanted.file(), wanted.last());
        Thread before = teller;
        subscription = begun;
        teller = Thread.ofVirtual().name("tranzr-event-socket").start(() -> tell(begun, wanted.file(), before));
    }

    /** As a stream of one upload asks it, and for those too who may only see the file. */
    private void requireKnown(UUID file) {
        try {
            to.engine().uploads(caller).get(file, Right.LIST);
        } catch (FailureException e) {
            if (!(e.failure() instanceof Failure.Forbidden)) {
                throw e;
            }
            to.engine().uploads(caller).get(file, Right.UPLOAD);
        }
    }

    private void unsubscribe() {
        if (subscription != null) {
            subscription.close();
        }
    }

    private void report(SocketMessage.Progress progress) {
        Upload upload = to.engine().uploads(caller).get(progress.upload(), Right.UPLOAD);
        if (upload.state() == UploadState.COMPLETED) {
            throw new FailureException(new Failure.AlreadyCompleted(upload.id()));
        }
        long most = upload.lengthKnown() ? upload.length() : Long.MAX_VALUE;
        if (progress.report().bytesHashed() > most) {
            throw Fields.invalid("bytesHashed", "is more than the file has");
        }
        if (progress.report().bytesUploaded() > most) {
            throw Fields.invalid("bytesUploaded", "is more than the file has");
        }
        to.hub().report(upload, progress.report());
    }

    /** @param before who told the subscription before this one; null for nobody */
    private void tell(Subscription events, UUID file, Thread before) {
        try (events) {
            if (before != null) {
                before.join(); // so that nothing of it comes after the beginning of this
            }
            long told = -1;
            boolean taken = socket.send(text(notice("subscribed", file, -1)));
            for (Batch batch = events.next(Duration.ZERO); taken && batch != null; batch = events.next(to.heartbeat())) {
                taken = batch.entries().isEmpty() ? told < 0 || socket.send(text(notice("heartbeat", null, batch.position()))) : send(batch);
                told = batch.position();
            }
            if (taken) {
                socket.send(text(notice("unsubscribed", file, told)));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** @return false when the client takes nothing any more */
    private boolean send(Batch batch) {
        Batch.Entry last = batch.entries().getLast();
        for (Batch.Entry entry : batch.entries()) {
            long number = entry == last ? batch.position() : entry.number();
            // The same text as for all others, with one member in front: where a client goes on that has heard it.
            String text = number < 0 ? entry.text() : "{\"lastEventId\":" + number + "," + entry.text().substring(1);
            if (!socket.send(text)) {
                return false;
            }
        }
        return true;
    }

    /** @param file null for all; @param last negative for none */
    private static Map<String, Object> notice(String type, UUID file, long last) {
        Map<String, Object> body = new LinkedHashMap<>();
        if (last >= 0) {
            body.put("lastEventId", last);
        }
        body.put("type", type);
        if (file != null) {
            body.put("fileId", file.toString());
        }
        return body;
    }

    private static String text(Map<String, Object> body) {
        return new String(Json.write(body), StandardCharsets.UTF_8);
    }
}
