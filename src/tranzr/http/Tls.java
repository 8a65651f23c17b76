package tranzr.http;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/**
 * What of TLS is spoken here: 1.3 and 1.2, with forward secrecy and authenticated encryption only, in our order of preference. No compression, no
 * renegotiation, and HTTP/1.1 is the only protocol on top (RFC 7301).
 */
final class Tls {

    private static final String[] PROTOCOLS = { "TLSv1.3", "TLSv1.2" };
    private static final List<String> SUITES = List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");
    /** Elliptic curves only: the groups of whole numbers cost the server much more than the client that asks for them. */
    private static final String[] GROUPS = { "x25519", "secp256r1", "secp384r1", "secp521r1" };
    private static final String[] SIGNATURES = { "ecdsa_secp256r1_sha256", "ecdsa_secp384r1_sha384", "ecdsa_secp521r1_sha512", "ed25519", "ed448",
        "rsa_pss_rsae_sha256", "rsa_pss_rsae_sha384", "rsa_pss_rsae_sha512", "rsa_pss_pss_sha256", "rsa_pss_pss_sha384", "rsa_pss_pss_sha512",
        "rsa_pkcs1_sha256", "rsa_pkcs1_sha384", "rsa_pkcs1_sha512" };

    private Tls() {
    }

    /** For one connection, in server mode. */
    static SSLEngine engine(SSLContext context) {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        engine.setSSLParameters(parameters(context));
        return engine;
    }

    /** For the JDK's own server of HTTPS. */
    static HttpsConfigurator configurator(SSLContext context) {
        SSLParameters parameters = parameters(context);
        return new HttpsConfigurator(context) {
            @Override
            public void configure(HttpsParameters connection) {
                connection.setSSLParameters(parameters);
            }
        };
    }

    private static SSLParameters parameters(SSLContext context) {
        List<String> known = Arrays.asList(context.getSupportedSSLParameters().getCipherSuites());
        SSLParameters parameters = new SSLParameters(SUITES.stream().filter(known::contains).toArray(String[]::new), PROTOCOLS);
        parameters.setUseCipherSuitesOrder(true);
        parameters.setNamedGroups(GROUPS);
        parameters.setSignatureSchemes(SIGNATURES);
        parameters.setApplicationProtocols(new String[] { "http/1.1" });
        parameters.setNeedClientAuth(false);
        return parameters;
    }
}
