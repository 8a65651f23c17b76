package tranzr.api;

/** What a route costs the server: by which limits it is held. */
public enum Load {
    /** Little: the rate of requests is enough. */
    PLAIN,
    /** Takes a body that may be long: counts as an upload while it lasts. */
    UPLOAD,
    /** Sends bytes of a file: counts as a download while it lasts. */
    DOWNLOAD,
    /** Makes a secret link or token, or hashes a password for it. */
    LINK,
    /** Lets somebody in who shows a secret. */
    LOGIN
}
