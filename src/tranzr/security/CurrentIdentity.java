package tranzr.security;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * What a server shows of itself, which can be exchanged while it runs: connections that stand go on as they are, each new one gets the newest. Safe for
 * several threads.
 */
public final class CurrentIdentity {

    /** How long a client may come back without a new proof of who we are, which bounds how long it goes by an old certificate. */
    private static final int SESSION_SECONDS = 3600;
    private static final int MAX_SESSIONS = 2048;

    /** @param alias of this one alone, so that certificate and key of one handshake are never of two identities */
    private record Shown(String alias, TlsIdentity identity) {
    }

    private final SSLContext context;
    /** The newest first, and the one before it, for handshakes under way. */
    private volatile List<Shown> shown;

    /** @throws GeneralSecurityException when this Java has no TLS */
    public CurrentIdentity(TlsIdentity first, SecureRandom random) throws GeneralSecurityException {
        shown = List.of(new Shown("0", first));
        context = SSLContext.getInstance("TLS");
        context.init(new KeyManager[] { new Keys() }, new TrustManager[0], random);
        SSLSessionContext sessions = context.getServerSessionContext();
        sessions.setSessionTimeout(SESSION_SECONDS);
        sessions.setSessionCacheSize(MAX_SESSIONS);
    }

    /** For the server's side of connections; always the same one. */
    public SSLContext context() {
        return context;
    }

    public TlsIdentity identity() {
        return shown.getFirst().identity();
    }

    /** From now on, new connections get this one. */
    public synchronized void replace(TlsIdentity identity) {
        Shown newest = shown.getFirst();
        shown = List.of(new Shown(Long.toString(Long.parseLong(newest.alias()) + 1), identity), newest);
    }

    private TlsIdentity known(String alias) {
        return shown.stream().filter(each -> each.alias().equals(alias)).findFirst().map(Shown::identity).orElse(null);
    }

    private final class Keys extends X509ExtendedKeyManager {

        @Override
        public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
            Shown newest = shown.getFirst();
            return newest.identity().key().getAlgorithm().equals(keyType) ? newest.alias() : null;
        }

        @Override
        public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
            return chooseEngineServerAlias(keyType, issuers, null);
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            TlsIdentity identity = known(alias);
            return identity == null ? null : identity.chain().toArray(X509Certificate[]::new);
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            TlsIdentity identity = known(alias);
            return identity == null ? null : identity.key();
        }

        @Override
        public String[] getServerAliases(String keyType, Principal[] issuers) {
            String alias = chooseEngineServerAlias(keyType, issuers, null);
            return alias == null ? null : new String[] { alias };
        }

        @Override
        public String[] getClientAliases(String keyType, Principal[] issuers) {
            return null;
        }

        @Override
        public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
            return null;
        }
    }
}
