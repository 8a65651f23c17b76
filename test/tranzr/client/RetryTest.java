package tranzr.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import tranzr.api.ErrorCode;

/** The table of what is tried again, held against all that the server may say. */
class RetryTest {

    private static final Map<Retry, List<ErrorCode>> TABLE = Map.of(
            Retry.AGAIN, List.of(ErrorCode.SUPERSEDED, ErrorCode.BODY_INCOMPLETE),
            Retry.FEW, List.of(ErrorCode.CHECKSUM_MISMATCH),
            Retry.FEWER, List.of(ErrorCode.TOO_MANY_TRANSFERS, ErrorCode.BUSY),
            Retry.REST, List.of(ErrorCode.NO_SPACE, ErrorCode.QUOTA_EXCEEDED, ErrorCode.TOO_MANY, ErrorCode.UNAVAILABLE, ErrorCode.TOO_MANY_REQUESTS, ErrorCode.TOO_MANY_ATTEMPTS,
                    ErrorCode.TOO_MANY_STREAMS));
    /** By name, so that a new code must be put somewhere. */
    private static final List<String> NEVER = List.of("not_found", "method_not_allowed", "upload_expired", "already_completed", "not_completed", "wrong_chunk_length",
            "chunk_index_out_of_range", "range_out_of_bounds", "range_not_satisfiable", "precondition_failed", "hash_mismatch", "chunk_conflict", "missing_chunks", "too_fragmented", "length_mismatch", "length_unknown", "id_taken", "cannot_join",
            "file_too_large", "invalid_value", "invalid_json", "invalid_query", "invalid_header", "invalid_content_range", "invalid_digest", "invalid_multipart", "field_too_long",
            "body_too_large", "length_required", "resume_needs_upload_id", "invalid_session_id", "invalid_file_hash", "share_not_found", "share_expired", "download_limit_reached", "not_in_share", "grant_expired", "no_preview", "password_required", "wrong_password",
            "token_required", "wrong_token", "session_expired", "session_not_found", "https_required", "second_factor_required", "wrong_code", "second_factor_exists",
            "no_second_factor", "not_for_operator", "forbidden", "address_not_allowed", "room_not_found", "room_not_empty", "name_taken", "last_owner", "token_not_found", "last_admin",
            "webhook_not_found", "delivery_not_found", "request_not_found", "request_closed", "forbidden_host", "csrf", "cross_site", "data_corrupted", "internal_error",
            "upgrade_required", "websocket_unavailable", "offset_mismatch", "inconsistent_upload_length", "completed_upload", "unsupported_media_type", "unsupported_version",
            "signature_invalid", "invalid_part");

    @Test
    void everyCodeOfTheServerHasItsPlace() {
        Map<String, Retry> expected = new TreeMap<>();
        TABLE.forEach((retry, codes) -> codes.forEach(code -> expected.put(code.wireName(), retry)));
        NEVER.forEach(code -> expected.put(code, Retry.NEVER));
        Map<String, Retry> actual = new TreeMap<>();
        for (ErrorCode code : ErrorCode.values()) {
            actual.put(code.wireName(), Retry.of(refused(code.status(), code.wireName(), code.retryable())));
        }
        assertEquals(expected, actual);
    }

    @Test
    void whatTheServerCallsWorthARetryIsTriedAgainAndNothingElseIs() {
        for (ErrorCode code : ErrorCode.values()) {
            assertEquals(code.retryable(), Retry.of(refused(code.status(), code.wireName(), code.retryable())) != Retry.NEVER, code::wireName);
        }
    }

    @Test
    void aRefusalBelowTheRoutesIsKnownToo() {
        assertEquals(Retry.AGAIN, Retry.of(refused(408, "request_timeout", true)));
        assertEquals(Retry.FEWER, Retry.of(refused(503, "too_many_connections", true)));
        assertEquals(Retry.REST, Retry.of(refused(503, "shutting_down", true)));
    }

    @Test
    void aCodeThatIsNotKnownGoesByWhatTheServerSaysOfIt() {
        assertEquals(Retry.AGAIN, Retry.of(refused(409, "something_new", true)));
        assertEquals(Retry.REST, Retry.of(refused(503, "something_new", true)));
        assertEquals(Retry.NEVER, Retry.of(refused(503, "something_new", false)));
        assertEquals(Retry.NEVER, Retry.of(new RefusedException(500, "something_new", "", null, Map.of())));
    }

    @Test
    void anAnswerOfSomethingInBetweenGoesByItsStatus() {
        Map<Integer, Retry> expected = new TreeMap<>();
        Map<Integer, Retry> actual = new TreeMap<>();
        for (int status = 300; status < 600; status++) {
            expected.put(status, status >= 500 ? Retry.AGAIN : Retry.NEVER);
            actual.put(status, Retry.of(new RefusedException(status, null, "", null, Map.of())));
        }
        expected.putAll(Map.of(408, Retry.AGAIN, 425, Retry.AGAIN, 429, Retry.REST, 503, Retry.REST, 507, Retry.REST));
        assertEquals(expected, actual);
    }

    @Test
    void theNetworkMayComeBackButACertificateStaysWhatItIs() {
        for (IOException failed : List.of(new ConnectException("refused"), new UnknownHostException("example.org"), new SocketException("reset"), new SSLHandshakeException("closed"),
                new StoppedException())) {
            assertEquals(Retry.AGAIN, Retry.of(failed));
        }
        IOException untrusted = new IOException("no connection", new SSLHandshakeException("handshake"));
        untrusted.getCause().initCause(new CertificateException("another one"));
        assertEquals(Retry.NEVER, Retry.of(untrusted));
        assertTrue(Plan.refused(untrusted).kind() == TransferException.Kind.REFUSED);
    }

    private static RefusedException refused(int status, String code, boolean retryable) {
        return new RefusedException(status, code, "said so", null, Map.of("retryable", retryable));
    }
}
