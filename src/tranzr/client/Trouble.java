package tranzr.client;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;

/** Says in words for a person why a request came to nothing. */
final class Trouble {

    private Trouble() {
    }

    /** @param asked the host and port, or the whole URL, of the server */
    static IOException of(String asked, Throwable failure) {
        if (failure instanceof StalledException stalled) {
            return stalled;
        }
        return new IOException("the server at " + asked + " cannot be reached: " + why(failure), failure);
    }

    private static String why(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            String said = switch (each) {
                case PinnedTrust.WrongPin wrong -> wrong.getMessage();
                case CertificateException _ -> "its certificate is not one that is trusted here: " + innermost(each);
                case UnresolvedAddressException _ -> "there is no host of that name";
                case UnknownHostException _ -> "there is no host of that name";
                case HttpConnectTimeoutException _ -> "it does not answer";
                case NoRouteToHostException _ -> "no way leads there";
                default -> null;
            };
            if (said != null) {
                return said;
            }
        }
        return switch (failure) {
            case SSLException _ -> "no TLS connection: " + failure.getMessage();
            case ConnectException _ -> "nothing listens there";
            default -> failure.getMessage() == null ? "no connection" : failure.getMessage();
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
