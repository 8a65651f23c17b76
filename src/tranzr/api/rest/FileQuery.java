package tranzr.api.rest;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import tranzr.api.Fields;
import tranzr.api.Ids;
import tranzr.api.Paging;
import tranzr.http.Request;
import tranzr.model.Digest;
import tranzr.model.Upload;
import tranzr.model.UploadState;
import tranzr.transfer.Listing;
import tranzr.transfer.Uploads;

/**
 * What a request for a list of files asks for.
 *
 * @param named the query parameters beside limit and after, for the link to the next page
 */
record FileQuery(Listing.Query query, Map<String, String> named) {

    private static final int MAX_SEARCH = 256;

    static FileQuery of(Request request, Uploads uploads, Paging paging) {
        UUID after = paging.after().map(text -> Ids.parse(text)
                .orElseThrow(() -> Fields.invalid("after", "must be the file_id of the last entry seen"))).orElse(null);
        if (after != null && !uploads.isKnown(after)) {
            // An empty page would look like the end of the list.
            throw Fields.invalid("after", "names an entry that is not there any more; begin anew without it");
        }
        Map<String, String> named = new LinkedHashMap<>();
        for (String name : List.of("status", "room", "sha256", "search", "sort", "order", "count")) {
            request.query(name).ifPresent(text -> named.put(name, text));
        }
        Fields fields = Fields.written(named);
        Optional<UploadState> status = fields.text("status").map(FileQuery::state);
        Predicate<Upload> filter = upload -> status.isPresent() ? upload.state() == status.get() : upload.state() != UploadState.EXPIRED;
        UUID room = fields.text("room").map(uploads::room).orElse(null);
        if (room != null) {
            filter = filter.and(upload -> room.equals(upload.access().room()));
        }
        Digest sha256 = fields.digest("sha256").orElse(null);
        if (sha256 != null) {
            filter = filter.and(upload -> sha256.equals(upload.sha256()));
        }
        String search = fields.text("search").orElse("");
        if (search.length() > MAX_SEARCH) {
            throw Fields.invalid("search", "must be " + MAX_SEARCH + " characters at most");
        }
        if (!search.isEmpty()) {
            filter = filter.and(matching(search.toLowerCase(Locale.ROOT)));
        }
        return new FileQuery(new Listing.Query(fields.text("sort").map(FileQuery::sort).orElse(Listing.Sort.CREATED), isAscending(fields), after,
                paging.probe(), fields.flag("count").orElse(false), filter), named);
    }

    /** By a part of the name, or of the id for what can be one. @param text in lower case */
    private static Predicate<Upload> matching(String text) {
        boolean maybeId = text.matches("[0-9a-f-]+");
        return upload -> upload.filename().toLowerCase(Locale.ROOT).contains(text) || maybeId && upload.id().toString().contains(text);
    }

    private static boolean isAscending(Fields fields) {
        return switch (fields.text("order").orElse("desc")) {
            case "asc" -> true;
            case "desc" -> false;
            default -> throw Fields.invalid("order", "must be asc or desc");
        };
    }

    private static Listing.Sort sort(String name) {
        return Arrays.stream(Listing.Sort.values()).filter(sort -> sort.wireName().equals(name)).findAny()
                .orElseThrow(() -> Fields.invalid("sort", "must be one of "
                        + String.join(", ", Arrays.stream(Listing.Sort.values()).map(Listing.Sort::wireName).toList())));
    }

    private static UploadState state(String name) {
        return Arrays.stream(UploadState.values()).filter(state -> state.wireName().equals(name)).findAny()
                .orElseThrow(() -> Fields.invalid("status", "must be one of "
                        + String.join(", ", Arrays.stream(UploadState.values()).map(UploadState::wireName).toList())));
    }
}
