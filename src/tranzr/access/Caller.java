package tranzr.access;

import java.util.Objects;
import java.util.UUID;
import tranzr.model.AccessToken;
import tranzr.model.Right;
import tranzr.model.UploadRequest;

/**
 * On whose behalf something is done: what {@link Permissions} decides about, and who is named in the audit log. Immutable; as long as a request lasts.
 */
public sealed interface Caller {

    /** The server itself, which may do everything: clean-up, and what goes on in the background. */
    Caller SYSTEM = new Server();
    /** Somebody without any token: may do what needs none. */
    Caller NOBODY = new Nobody();

    /** See {@link #SYSTEM}. */
    record Server() implements Caller {
    }

    /** See {@link #NOBODY}. */
    record Nobody() implements Caller {
    }

    /**
     * The bearer of a token, or a browser that has logged in with one.
     *
     * @param session the id of the browser's session; null without one
     */
    record Bearer(AccessToken token, UUID session) implements Caller {
        public Bearer {
            Objects.requireNonNull(token);
        }
    }

    /**
     * The bearer of a one-time token.
     *
     * @param token whose rights are borrowed
     * @param right the only one
     * @param file the only file; null for any
     * @param oneTime the id of the one-time token
     */
    record Once(AccessToken token, Right right, UUID file, UUID oneTime) implements Caller {
        public Once {
            Objects.requireNonNull(token);
            Objects.requireNonNull(right);
        }
    }

    /** A guest with the link of an upload request, whose password, if there is one, was right. */
    record Guest(UploadRequest request) implements Caller {
        public Guest {
            Objects.requireNonNull(request);
        }
    }

    /**
     * Whoever has an address that somebody has signed: does one thing with one file, in the name of the one who signed.
     *
     * @param signer as it is now; not one of this kind
     * @param right the only one
     * @param file the only file
     */
    record Signed(Caller signer, Right right, UUID file) implements Caller {
        public Signed {
            Objects.requireNonNull(signer);
            Objects.requireNonNull(right);
            Objects.requireNonNull(file);
            if (signer instanceof Signed) {
                throw new IllegalArgumentException("what was signed signs nothing");
            }
        }
    }

    /** Of a token that needs no more than its own word: no session, nothing borrowed. */
    static Caller of(AccessToken token) {
        return new Bearer(token, null);
    }

    /** The operator of the server, who may do everything. */
    static Caller operator() {
        return of(AccessToken.OPERATOR);
    }

    /** The id of whoever is responsible: what new files belong to. {@link AccessToken#OPERATOR_ID} for the server itself and for nobody. */
    default UUID owner() {
        return switch (this) {
            case Bearer bearer -> bearer.token().id();
            case Once once -> once.token().id();
            case Guest guest -> guest.request().creator();
            case Signed signed -> signed.signer().owner();
            case Server _, Nobody _ -> AccessToken.OPERATOR_ID;
        };
    }

    /** As the audit log names it: {@code token:ID}, {@code guest:ID} by the id of the upload request, {@code system} or {@code nobody}. */
    default String actor() {
        return switch (this) {
            case Bearer bearer -> bearer.token().id().equals(AccessToken.OPERATOR_ID) ? "operator" : "token:" + bearer.token().id();
            case Once once -> "token:" + once.token().id();
            case Guest guest -> "guest:" + guest.request().id();
            case Signed signed -> signed.signer().actor();
            case Server _ -> "system";
            case Nobody _ -> "nobody";
        };
    }

    /** The name of the token; empty when there is none. */
    default String name() {
        return switch (this) {
            case Bearer bearer -> bearer.token().name();
            case Once once -> once.token().name();
            case Signed signed -> signed.signer().name();
            case Guest _, Server _, Nobody _ -> "";
        };
    }
}
