package tranzr.api.ui;

import java.util.Map;
import java.util.Optional;
import tranzr.api.Callers;
import tranzr.api.ErrorCode;
import tranzr.api.LinkVisits;
import tranzr.api.Problem;
import tranzr.api.Problems;
import tranzr.http.Handler;
import tranzr.http.Request;
import tranzr.http.Response;
import tranzr.model.ByteRange;
import tranzr.transfer.Archive;
import tranzr.transfer.Engine;
import tranzr.transfer.Failure;
import tranzr.transfer.FailureException;
import tranzr.transfer.Shares;

/**
 * What a browser is shown at a share link, and the form by which it downloads without any script. Programs that fetch links to preview or to scan them ask as browsers do, so the
 * page counts for nothing; and it needs no password, like {@code GET /share/info}. Statuses are those that programs get.
 */
public final class LinkPage {

    /** The query parameter by which a browser gets the bytes at once. */
    private static final String DOWNLOAD = "download";
    private static final int MAX_FORM_BYTES = 4096;
    private static final String SUBJECT = "A file was shared with you";
    private static final String SUBJECT_OF_SEVERAL = "Files were shared with you";

    private final Engine engine;
    private final Pages pages;

    public LinkPage(Engine engine, Pages pages) {
        this.engine = engine;
        this.pages = pages;
    }

    /** The page for browsers, and for everybody else what is behind it. Who continues a download asks for a range. */
    public Handler over(Handler behind) {
        return request -> {
            if (!Pages.isForPerson(request) || request.header("Range").isPresent() || request.query(DOWNLOAD).isPresent()) {
                return behind.handle(request).header("Vary", "Accept");
            }
            return request.query(LinkVisits.GRANT).isPresent() ? granted(request, behind) : page(request, null, Optional.empty());
        };
    }

    /** The bytes; the page in the place of what a program is told when they cannot be had. */
    private Response granted(Request request, Handler behind) throws Exception {
        try {
            return behind.handle(request);
        } catch (FailureException e) {
            return page(request, e.failure(), Optional.empty());
        }
    }

    /** {@code POST} of the page's own form: sends on to an address that needs no password. */
    public Response submit(Request request) {
        Map<String, String> form = request.form(MAX_FORM_BYTES);
        Optional<String> file = Optional.ofNullable(form.get(LinkVisits.FILE)).filter(index -> !index.isEmpty());
        Optional<String> password = Optional.ofNullable(form.get("password"));
        Shares shares = engine.shares(Callers.of(request));
        String token = request.path("token");
        try {
            Shares.Visit visit = shares.enter(token, LinkVisits.visitor(request, password.orElse(null), null));
            Optional<Shares.Item> item = LinkVisits.chosen(visit, file, Optional.empty());
            checkLimit(shares, visit, item);
            String url = LinkVisits.url(request.baseUrl(), token, visit, item, shares.grant(token, visit));
            return Response.empty(303).header("Location", url).header("Cache-Control", "no-store").header("Referrer-Policy", "no-referrer");
        } catch (FailureException e) {
            return page(request, e.failure(), file);
        }
    }

    private static void checkLimit(Shares shares, Shares.Visit visit, Optional<Shares.Item> item) {
        if (item.isPresent()) {
            shares.checkLimit(visit, item.get(), new ByteRange(0, item.get().file().length()));
        } else {
            Archive archive = shares.archive(visit);
            shares.checkLimit(visit, archive, new ByteRange(0, archive.length()));
        }
    }

    /** @param failed what went wrong before, or null */
    private Response page(Request request, Failure failed, Optional<String> file) {
        Shares shares = engine.shares(Callers.of(request));
        String token = request.path("token");
        try {
            Shares.Visit visit = shares.info(token, request.client());
            Shares.Visit here = new Shares.Visit(visit.share(), visit.items(), LinkVisits.visitor(request, null, null));
            if (failed == null) {
                // Who may go on with a download that broke may do so when all others are too late.
                checkLimit(shares, here, visit.share().contents().areSeveral() ? Optional.empty() : Optional.of(visit.items().getFirst()));
            } else if (failed instanceof Failure.DownloadLimitReached || failed instanceof Failure.Forbidden) {
                throw new FailureException(failed);
            }
            Problem problem = failed == null ? null : told(request, failed);
            boolean several = visit.share().contents().areSeveral();
            String main = new LinkText(token, request.baseUrl(), here, several ? Optional.of(shares.archive(visit)) : Optional.empty(), problem, file).html();
            Response response = answer(request, problem == null ? 200 : problem.status() == 401 ? 403 : problem.status(),
                    visit.share().password() == null ? LinkText.nameOf(visit) : several ? SUBJECT_OF_SEVERAL : SUBJECT, several ? SUBJECT_OF_SEVERAL : SUBJECT, main);
            if (problem != null && problem.retryAfter() != null) {
                response.header("Retry-After", Long.toString(Math.max(1, problem.retryAfter().toSeconds())));
            }
            return response;
        } catch (FailureException e) {
            Problem problem = told(request, e.failure());
            return answer(request, problem.status(), problem.title(), "A link that does not work", LinkText.over(problem));
        }
    }

    private Response answer(Request request, int status, String title, String subject, String main) {
        return pages.answer(request, status, "share.html", Map.of("{{title}}", Html.escaped(title), "{{subject}}", Html.escaped(subject), "{{main}}", main)).header("Cache-Control", "no-store");
    }

    /** In words for whoever sits before it; kept with the request, for the records. Others fail as everywhere. */
    private static Problem told(Request request, Failure failure) {
        return Problems.told(request, switch (failure) {
            case Failure.UnknownShare _ -> Problem.of(ErrorCode.SHARE_NOT_FOUND, "It may have been revoked, or the address is not complete. Ask whoever gave it to you.");
            case Failure.ShareExpired _ -> Problem.of(ErrorCode.SHARE_EXPIRED, "Its time is over. Ask whoever gave it to you for a new one.");
            case Failure.DownloadLimitReached _ -> Problem.of(ErrorCode.DOWNLOAD_LIMIT_REACHED, "It was for a number of downloads, and all of them were made. Ask whoever gave it to you for a new one.");
            case Failure.AddressNotAllowed _ -> Problem.of(ErrorCode.ADDRESS_NOT_ALLOWED, "This link works from some places only, and this is none of them.");
            case Failure.WrongPassword _ -> Problem.of(ErrorCode.WRONG_PASSWORD, "That is not the password.");
            case Failure.PasswordRequired _ -> Problem.of(ErrorCode.PASSWORD_REQUIRED, "This link asks for a password.");
            case Failure.TooManyAttempts f -> Problem.of(ErrorCode.TOO_MANY_ATTEMPTS, "Too many wrong passwords. Try again in " + LinkText.words(f.retryAfter()) + ".").after(f.retryAfter());
            case Failure.GrantExpired _ -> Problem.of(ErrorCode.GRANT_EXPIRED, "That download address has expired. Download it here again.");
            case Failure.NotInShare _ -> Problem.of(ErrorCode.NOT_IN_SHARE, "This file has been deleted meanwhile.");
            default -> throw new FailureException(failure);
        });
    }
}
