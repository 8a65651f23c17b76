package tranzr.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;

/** A connection that has left HTTP for WebSocket, in the thread of the request that asked for it, until it ends. */
final class UpgradedConnection implements WebSocket.Carrier {

    private static final int DISCARD_BUFFER = 16 * 1024;

    private final Exchange exchange;
    private final Wire wire;
    private final Response response;
    private final BooleanSupplier stopping;

    /** @param stopping whether the server has begun to stop; asked once the socket can be told */
    UpgradedConnection(Exchange exchange, Response response, BooleanSupplier stopping) {
        this.exchange = exchange;
        this.wire = exchange.wire();
        this.response = response;
        this.stopping = stopping;
    }

    /**
     * Sends the head of the answer and runs the session.
     *
     * @throws IOException when the head does not go out
     */
    void run() throws IOException {
        Response.Upgrade upgrade = response.upgrade();
        WebSocket socket = new WebSocket(this, new WebSocketReader(wire.in(), upgrade.limits().maxMessage()), upgrade.protocol(), upgrade.limits(), System::nanoTime);
        exchange.account().status(response.status());
        StandardFields.complete(response, exchange.account().id());
        StringBuilder head = new StringBuilder("HTTP/1.1 101 Switching Protocols\r\n");
        response.headers().forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        exchange.progress().begin(false);
        try {
            write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        } finally {
            exchange.progress().end(0);
        }
        exchange.upgraded(socket);
        if (stopping.getAsBoolean()) {
            exchange.goAway(); // whoever told the others may have missed this one
        }
        socket.run(upgrade.session());
        exchange.answerIsOut(true);
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        wire.out().write(bytes);
        wire.out().flush();
        wire.out().releaseBuffer();
    }

    @Override
    public void finish() throws IOException {
        wire.out().finish();
        if (exchange.options().https().isEmpty()) {
            wire.channel().shutdownOutput();
        }
    }

    @Override
    public int discard() throws IOException {
        return wire.in().read(new byte[DISCARD_BUFFER], 0, DISCARD_BUFFER);
    }

    @Override
    public void cut() {
        exchange.cut();
    }
}
