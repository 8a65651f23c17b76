package tranzr.catalog.journal;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import tranzr.model.FileAccess;
import tranzr.model.Scope;
import tranzr.model.Upload;
import tranzr.model.UploadState;
import tranzr.model.Usage;

/**
 * What one commit makes of the usages. It depends on nothing but the uploads before and after, and on the times in them, so that a replay counts the
 * same.
 */
final class UsageDraft {

    private final Function<Scope, Usage> before;
    private final Map<Scope, Usage> changed = new HashMap<>();

    /** @param before what is used without this commit; never null */
    UsageDraft(Function<Scope, Usage> before) {
        this.before = before;
    }

    Usage of(Scope scope) {
        Usage usage = changed.get(scope);
        return usage != null ? usage : before.apply(scope);
    }

    void forEach(BiConsumer<Scope, Usage> action) {
        changed.forEach(action);
    }

    /** An upload became another. @param was null when it is new; @param is null when it is removed */
    void moved(Upload was, Upload is) {
        long bytesBefore = was == null ? 0 : was.charged();
        long bytesAfter = is == null ? 0 : is.charged();
        boolean countedBefore = was != null && was.state() != UploadState.EXPIRED;
        boolean countedAfter = is != null && is.state() != UploadState.EXPIRED;
        boolean sameScopes = was == null || is == null || was.access().equals(is.access());
        if (bytesBefore == bytesAfter && countedBefore == countedAfter && sameScopes) {
            return;
        }
        Set<Scope> left = countedBefore ? scopes(was.access()) : Set.of();
        Set<Scope> entered = countedAfter ? scopes(is.access()) : Set.of();
        for (Scope scope : left) {
            if (!entered.contains(scope)) {
                leave(scope, was);
            }
        }
        for (Scope scope : entered) {
            boolean stays = left.contains(scope);
            long more = bytesAfter - (stays ? bytesBefore : 0);
            Usage usage = inMonth(of(scope), monthOf(is.updated()));
            // What moves into a room was brought before; who brought it is charged already.
            boolean brought = stays || was == null;
            changed.put(scope, new Usage(usage.bytes() + more, usage.files() + (stays ? 0 : 1), usage.month(),
                    Math.max(0, usage.monthlyBytes() + (brought ? more : 0))));
        }
    }

    private void leave(Scope scope, Upload was) {
        boolean whole = was.state() == UploadState.COMPLETED;
        if (scope.kind() == Scope.Kind.REQUEST && whole) {
            return; // a guest gets no room back when the files it sent are removed
        }
        Usage usage = of(scope);
        // What was reserved and never came is given back; what came was brought, be it removed later.
        long never = whole || usage.month() != monthOf(was.created()) ? 0 : was.charged() - was.ranges().total();
        changed.put(scope, new Usage(Math.max(0, usage.bytes() - was.charged()), Math.max(0, usage.files() - 1), usage.month(),
                Math.max(0, usage.monthlyBytes() - never)));
    }

    private static Usage inMonth(Usage usage, int month) {
        return usage.month() >= month ? usage : new Usage(usage.bytes(), usage.files(), month, 0);
    }

    static int monthOf(Instant at) {
        ZonedDateTime time = at.atZone(ZoneOffset.UTC);
        return time.getYear() * 12 + time.getMonthValue() - 1;
    }

    private static Set<Scope> scopes(FileAccess access) {
        Set<Scope> scopes = new LinkedHashSet<>();
        scopes.add(Scope.TOTAL);
        scopes.add(Scope.token(access.owner()));
        if (access.room() != null) {
            scopes.add(Scope.room(access.room()));
        }
        if (access.request() != null) {
            scopes.add(Scope.request(access.request()));
        }
        return scopes;
    }
}
