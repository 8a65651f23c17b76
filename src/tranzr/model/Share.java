package tranzr.model;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * A link to a completed file, or to several.
 *
 * @param tokenHash the SHA-256 of the token; the token itself is kept nowhere
 * @param contents what it leads to
 * @param password the stored form of {@code tranzr.security.SharePassword}, or null when none is asked for
 * @param expires null for never
 * @param maxDownloads 0 for no limit
 * @param used how many downloads are counted, those in {@code open} included
 * @param open downloads that are counted but not known to have ended; at most a few
 * @param failedPasswords wrong passwords since the last right one
 * @param lastFailure when the last of them came, or null
 * @param policy by whom it was made, and what else holds for it
 */
public record Share(Digest tokenHash, Contents contents, String password, Instant created, Instant expires,
        long maxDownloads, long used, List<Slot> open, int failedPasswords, Instant lastFailure, Policy policy) {

    /** How many files a link may lead to. */
    public static final int MAX_FILES = 1000;

    /**
     * One file of a link.
     *
     * @param index its place when the link was made, from 0; it stays when others go, so that nobody gets another file by it
     */
    public record Member(int index, UUID file) {
        public Member {
            Objects.requireNonNull(file);
            if (index < 0 || index >= MAX_FILES) {
                throw new IllegalArgumentException("the " + index + "th file of a link");
            }
        }
    }

    /**
     * The files of a link.
     *
     * @param members at least one, each file once, by rising index
     * @param title of a link that was made for several files, be only one left of them, and empty when it has none; null of a link of one file
     */
    public record Contents(List<Member> members, String title) {

        public Contents {
            members = List.copyOf(members);
            Set<UUID> files = new HashSet<>();
            int last = -1;
            for (Member member : members) {
                if (member.index() <= last || !files.add(member.file())) {
                    throw new IllegalArgumentException("a link with a file twice, or out of order");
                }
                last = member.index();
            }
            if (members.isEmpty() || members.size() > MAX_FILES || title == null && (members.size() > 1 || last != 0)) {
                throw new IllegalArgumentException("a link of " + members.size() + " files");
            }
        }

        /** One file, as most links have it. */
        public static Contents of(UUID file) {
            return new Contents(List.of(new Member(0, file)), null);
        }

        /** @param title may be empty */
        public static Contents of(List<UUID> files, String title) {
            Objects.requireNonNull(title);
            return new Contents(IntStream.range(0, files.size()).mapToObj(index -> new Member(index, files.get(index))).toList(), title);
        }

        /** Whether it was made for several files. */
        public boolean areSeveral() {
            return title != null;
        }

        public boolean has(UUID file) {
            return members.stream().anyMatch(member -> member.file().equals(file));
        }
    }

    /**
     * @param creator the token that made it; {@link AccessToken#OPERATOR_ID} for the operator
     * @param addresses from where it may be used; empty for anywhere
     * @param oneTime whether it is for one download, for good: its limit cannot be raised
     * @param notice whether its maker wants to hear of each use
     */
    public record Policy(UUID creator, List<IpRange> addresses, boolean oneTime, boolean notice) {

        public static final Policy OPERATOR = new Policy(AccessToken.OPERATOR_ID, List.of(), false, false);

        public Policy {
            Objects.requireNonNull(creator);
            addresses = List.copyOf(addresses);
        }
    }

    /**
     * One counted download.
     *
     * @param id unique within the share
     * @param client the hash of what identifies the client, so that it can continue its own download
     * @param at when it was counted
     */
    public record Slot(long id, Digest client, Instant at) {
        public Slot {
            Objects.requireNonNull(client);
            Objects.requireNonNull(at);
        }
    }

    public Share {
        Objects.requireNonNull(tokenHash);
        Objects.requireNonNull(contents);
        Objects.requireNonNull(created);
        Objects.requireNonNull(policy);
        open = List.copyOf(open);
    }

    /** One of one file that the operator made, with nothing special about it. */
    public Share(Digest tokenHash, UUID fileId, String password, Instant created, Instant expires, long maxDownloads, long used, List<Slot> open,
            int failedPasswords, Instant lastFailure) {
        this(tokenHash, Contents.of(fileId), password, created, expires, maxDownloads, used, open, failedPasswords, lastFailure, Policy.OPERATOR);
    }

    /** The file, or the first of those that are left. */
    public UUID fileId() {
        return contents.members().getFirst().file();
    }

    /** Without a file that is going; empty when it was the last one. */
    public Optional<Share> without(UUID file) {
        List<Member> left = contents.members().stream().filter(member -> !member.file().equals(file)).toList();
        return left.isEmpty() ? Optional.empty() : Optional.of(left.size() == contents.members().size() ? this : withContents(new Contents(left, contents.title())));
    }

    public boolean isExpired(Instant now) {
        return expires != null && !now.isBefore(expires);
    }

    /** Whether no further download may start. */
    public boolean isUsedUp() {
        return maxDownloads > 0 && used >= maxDownloads;
    }

    public Share withSlots(long used, List<Slot> open) {
        return new Share(tokenHash, contents, password, created, expires, maxDownloads, used, open, failedPasswords,
                lastFailure, policy);
    }

    public Share withTerms(Instant expires, long maxDownloads, String password) {
        return new Share(tokenHash, contents, password, created, expires, maxDownloads, used, open, failedPasswords,
                lastFailure, policy);
    }

    public Share withFailures(int failedPasswords, Instant lastFailure) {
        return new Share(tokenHash, contents, password, created, expires, maxDownloads, used, open, failedPasswords,
                lastFailure, policy);
    }

    public Share withPolicy(Policy policy) {
        return new Share(tokenHash, contents, password, created, expires, maxDownloads, used, open, failedPasswords,
                lastFailure, policy);
    }

    public Share withContents(Contents contents) {
        return new Share(tokenHash, contents, password, created, expires, maxDownloads, used, open, failedPasswords,
                lastFailure, policy);
    }
}
