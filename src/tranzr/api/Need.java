package tranzr.api;

import java.util.Optional;
import tranzr.model.Right;

/** What a caller has to bring for a route; each route on the routes page names it. What it may do with which file is decided by the engine. */
public enum Need {
    /** No token: the route, or the link's own secret, is enough. */
    OPEN(null),
    /** No token: the link of an upload request, which is in the path, and its password, if it has one. */
    GUEST(null),
    /** No token: the signature of the address is enough. */
    SIGNED(null),
    /** Any token. */
    TOKEN(null),
    /** A token with {@link Right#UPLOAD}, or the link of an upload request. */
    UPLOAD(Right.UPLOAD),
    /** A token with {@link Right#DOWNLOAD}. */
    DOWNLOAD(Right.DOWNLOAD),
    /** A token with {@link Right#SHARE}. */
    SHARE(Right.SHARE),
    /** A token with {@link Right#LIST}. */
    LIST(Right.LIST),
    /** A token with {@link Right#DELETE}. */
    DELETE(Right.DELETE),
    /** A token with {@link Right#ADMIN}. */
    ADMIN(Right.ADMIN),
    /** A token with {@link Right#METRICS}. */
    METRICS(Right.METRICS);

    private final Right right;

    Need(Right right) {
        this.right = right;
    }

    /** The right that the token must have; empty when it needs none. */
    public Optional<Right> right() {
        return Optional.ofNullable(right);
    }
}
