package tranzr.client;

import java.net.URI;

/** The URL of a server. */
final class ServerUrl {

    private ServerUrl() {
    }

    /** Without slashes at its end. @throws IllegalArgumentException when it is none, with a message for a person */
    static URI of(URI given) {
        if (given.getHost() == null || !"http".equalsIgnoreCase(given.getScheme()) && !"https".equalsIgnoreCase(given.getScheme()) || given.getRawQuery() != null
                || given.getRawUserInfo() != null || given.getRawFragment() != null) {
            throw new IllegalArgumentException("'" + given + "' is not a URL such as https://files.example.org");
        }
        return URI.create(given.toString().replaceFirst("/+$", ""));
    }
}
