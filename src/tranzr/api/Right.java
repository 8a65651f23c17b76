package tranzr.api;

/** What a route lets its caller do; each route on the routes page names the one it needs. */
public enum Right {
    /** Needs no token: the route, or the link's own secret, is enough. */
    OPEN,
    /** Start, continue, complete and abort uploads. */
    UPLOAD,
    /** Read any file by its id. */
    DOWNLOAD,
    /** Make, list, change and revoke share links. */
    SHARE,
    /** See which files there are. */
    LIST,
    /** Remove files for good. */
    DELETE,
    /** Everything that concerns the server itself. */
    ADMIN
}
