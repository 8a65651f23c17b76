package tranzr.api.rest;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tranzr.accounts.SecondFactor;
import tranzr.api.Callers;
import tranzr.api.Fields;
import tranzr.api.Gate;
import tranzr.http.Request;
import tranzr.http.Response;

/** The routes by which a token gets a second factor, and loses it again. */
public final class SecondFactorRoutes {

    private final SecondFactor factor;

    public SecondFactorRoutes(SecondFactor factor) {
        this.factor = factor;
    }

    /** {@code POST /totp}: the secret, which is told just once and guards nothing yet. */
    public Response enrol(Request request) {
        SecondFactor.Enrolment enrolment = factor.enrol(Callers.of(request));
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("secret", enrolment.secret());
        view.put("otpauth_uri", enrolment.uri());
        return Response.json(201, view).header("Cache-Control", "no-store");
    }

    /** {@code POST /totp/confirm}: from now on it is asked for. */
    public Response confirm(Request request) {
        factor.confirm(Callers.of(request), requiredCode(request));
        return Response.empty(204);
    }

    /** {@code DELETE /totp}. */
    public Response remove(Request request) {
        factor.remove(Callers.of(request), code(request, Fields.json(request)));
        return Response.empty(204);
    }

    /** {@code DELETE /tokens/{token_id}/totp}: for a user who has lost it. */
    public Response reset(Request request) {
        factor.reset(Callers.of(request), TokenRoutes.idOf(request));
        return Response.empty(204);
    }

    /** The field {@code code}, or the header field that every route takes. */
    static Optional<String> code(Request request, Fields fields) {
        return fields.text("code").map(String::strip).or(() -> Gate.codeOf(request));
    }

    static String requiredCode(Request request) {
        return code(request, Fields.json(request)).orElseThrow(() -> Fields.invalid("code", "is missing"));
    }
}
