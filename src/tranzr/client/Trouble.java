package tranzr.client;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.ProtocolException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import java.util.Optional;
import javax.net.ssl.SSLException;

/** Says in words for a person why a request came to nothing. */
final class Trouble {

    private Trouble() {
    }

    /** @param asked the URL of the server */
    static IOException of(String asked, Throwable failure) {
        if (failure instanceof StalledException stalled) {
            return stalled;
        }
        Optional<String> obstacle = obstacle(failure);
        return new IOException(obstacle.isPresent() ? "the server at " + asked + " cannot be reached: " + obstacle.get()
                : "the connection to " + asked + " broke: " + rupture(failure), failure);
    }

    /** What kept the two from meeting; the most telling of the causes. */
    private static Optional<String> obstacle(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            String said = switch (each) {
                case PinnedTrust.WrongPin wrong -> wrong.getMessage();
                case CertificateException _ -> "its certificate is not trusted here (" + innermost(each) + "); one that is known can be named by its fingerprint";
                case UnresolvedAddressException _ -> "there is no host of that name";
                case UnknownHostException _ -> "there is no host of that name";
                case HttpConnectTimeoutException _ -> "it does not answer";
                case NoRouteToHostException _ -> "no way leads there";
                default -> null;
            };
            if (said != null) {
                return Optional.of(said);
            }
        }
        return switch (failure) {
            case SSLException _ -> Optional.of("no TLS connection comes about: " + failure.getMessage());
            case ConnectException _ -> Optional.of("nothing listens there");
            default -> Optional.empty();
        };
    }

    private static String rupture(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return switch (root) {
            case EOFException _ -> "it was closed before the answer was there";
            case ProtocolException _ -> "what came is no HTTP answer";
            default -> {
                String said = failure.getMessage() == null ? "no more is known" : failure.getMessage();
                yield said.length() <= 200 ? said : said.substring(0, 200) + "…";
            }
        };
    }

    private static String innermost(Throwable failure) {
        Throwable last = failure;
        while (last.getCause() != null) {
            last = last.getCause();
        }
        return String.valueOf(last.getMessage());
    }
}
