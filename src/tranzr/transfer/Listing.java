package tranzr.transfer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.PriorityQueue;
import java.util.UUID;
import java.util.function.Predicate;
import tranzr.model.Right;
import tranzr.model.Upload;
import tranzr.model.UploadState;

/**
 * Uploads and files that one caller may list, a page at a time, in the order asked for. Newest first takes as long as the page is; any other order, a search and a count look at every
 * record, and keep of them no more than the page. Safe for several threads.
 */
public final class Listing {

    /** What a list is ordered by. Of equal ones the lower id comes first. */
    public enum Sort {
        CREATED(Comparator.comparing(Upload::created)),
        UPDATED(Comparator.comparing(Upload::updated)),
        /** Letters of either case together. */
        NAME(Comparator.comparing(Upload::filename, String.CASE_INSENSITIVE_ORDER.thenComparing(Comparator.naturalOrder()))),
        /** By what was announced while the length is not known; without either first. */
        SIZE(Comparator.comparingLong(upload -> upload.lengthKnown() ? upload.length() : upload.announced()));

        private final Comparator<Upload> order;

        Sort(Comparator<Upload> order) {
            this.order = order;
        }

        /** As it is called in a request. */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * What is asked for.
     *
     * @param after the id of the last entry of the page before, which the caller knows; null for the first page
     * @param limit the most entries of the page, at least 1
     * @param counted whether to count all there are
     * @param filter sees expired uploads, too; not those that are only to become parts of others
     */
    public record Query(Sort sort, boolean ascending, UUID after, int limit, boolean counted, Predicate<Upload> filter) {

        private boolean isNewestFirst() {
            return sort == Sort.CREATED && !ascending;
        }

        private Comparator<Upload> order() {
            return (ascending ? sort.order : sort.order.reversed()).thenComparing(Upload::id, Listing::compareIds);
        }
    }

    /** @param total how many there are on all pages; {@link #UNCOUNTED} when that was not asked for */
    public record Page(List<Upload> entries, long total) {
        public static final long UNCOUNTED = -1;
    }

    private final Core core;
    private final Permit permit;

    Listing(Core core, Permit permit) {
        this.core = core;
        this.permit = permit;
    }

    /** The page as it durably is; empty when {@code after} is no more there. */
    public Page page(Query query) {
        Predicate<Upload> shown = upload -> (!upload.notes().part() || upload.state() == UploadState.COMPLETED) && permit.allows(Right.LIST, upload) && query.filter().test(upload);
        Page page;
        if (query.isNewestFirst()) {
            page = new Page(core.catalog.uploads(query.after(), query.limit(), shown), query.counted() ? count(shown) : Page.UNCOUNTED);
        } else {
            page = selected(query, shown);
        }
        core.settle();
        return page;
    }

    private long count(Predicate<Upload> shown) {
        long[] count = new long[1];
        core.catalog.forEachUpload(upload -> count[0] += shown.test(upload) ? 1 : 0);
        return count[0];
    }

    /** One look at each, with a heap of as many as the page takes, the last of which is on top and makes room for better ones. */
    private Page selected(Query query, Predicate<Upload> shown) {
        Upload after = query.after() == null ? null : core.catalog.upload(query.after()).orElse(null);
        if (query.after() != null && after == null) {
            return new Page(List.of(), query.counted() ? count(shown) : Page.UNCOUNTED);
        }
        Comparator<Upload> order = query.order();
        PriorityQueue<Upload> best = new PriorityQueue<>(query.limit() + 1, order.reversed());
        long[] count = new long[1];
        core.catalog.forEachUpload(upload -> {
            boolean full = best.size() == query.limit();
            boolean wanted = (after == null || order.compare(upload, after) > 0) && (!full || order.compare(upload, best.peek()) < 0);
            if ((wanted || query.counted()) && shown.test(upload)) {
                count[0]++;
                if (wanted) {
                    if (full) {
                        best.poll();
                    }
                    best.add(upload);
                }
            }
        });
        List<Upload> page = new ArrayList<>(best);
        page.sort(order);
        return new Page(List.copyOf(page), query.counted() ? count[0] : Page.UNCOUNTED);
    }

    /** As the catalog orders them: by their text. {@link UUID#compareTo} takes the halves for signed numbers. */
    private static int compareIds(UUID a, UUID b) {
        int order = Long.compareUnsigned(a.getMostSignificantBits(), b.getMostSignificantBits());
        return order != 0 ? order : Long.compareUnsigned(a.getLeastSignificantBits(), b.getLeastSignificantBits());
    }
}
