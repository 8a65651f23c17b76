package tranzr.fault;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Decides what a power cut leaves of the changes that were not forced, one question a change. The numbers given are
 * those of the disk's operations in their order.
 */
public interface Fate {

    /** What is left of one written sector. */
    enum Sector {
        OLD, NEW,
        /** The new bytes up to somewhere, the old ones after. */
        TORN
    }

    /** Whether a creation, rename or unlink is left. */
    boolean name(long operation);

    /** What is left of a sector, the {@code index}th of {@code count} in its write. */
    Sector sector(long operation, int index, int count);

    /** Whether a file's new length is left, even without the data. */
    boolean length(long operation);

    /** Bytes of a torn sector that are new. */
    int tear();

    /** What an allocated sector holds whose data never came. */
    void fill(byte[] sector);

    /** One of several styles: all or nothing, in order up to somewhere, or each change for itself. */
    static Fate random(RandomGenerator random, long operations) {
        return new RandomFate(random, operations);
    }

    /** A fate by chance. */
    final class RandomFate implements Fate {
        private final RandomGenerator random;
        /** In what order things are written out: all before the cut is left, nothing after; negative for no order. */
        private final long cut;
        private final int cutSector;
        private final int percent;
        private final boolean tears;
        private final boolean garbage;

        RandomFate(RandomGenerator random, long operations) {
            this.random = random;
            int style = random.nextInt(10);
            cut = style < 3 ? random.nextLong(Math.max(0, operations - 12), operations + 1) : -1;
            cutSector = random.nextInt(8);
            percent = style < 4 ? 100 : style < 5 ? 0 : style < 6 ? 90 : style < 7 ? 10 : 50;
            tears = random.nextInt(4) == 0;
            garbage = random.nextInt(3) == 0;
        }

        @Override
        public boolean name(long operation) {
            return cut >= 0 ? operation < cut : chance();
        }

        @Override
        public Sector sector(long operation, int index, int count) {
            if (tears && random.nextInt(4) == 0) {
                return Sector.TORN;
            }
            boolean kept = cut < 0 ? chance() : operation < cut || operation == cut && index < cutSector;
            return kept ? Sector.NEW : Sector.OLD;
        }

        @Override
        public boolean length(long operation) {
            return cut >= 0 ? operation <= cut : chance();
        }

        private boolean chance() {
            return random.nextInt(100) < percent;
        }

        @Override
        public int tear() {
            return random.nextInt(1, 512);
        }

        @Override
        public void fill(byte[] sector) {
            if (garbage) {
                random.nextBytes(sector);
            }
        }
    }

    /**
     * Goes through every combination of what is left: ask {@link #next} before each crash, until it says no. Sectors are
     * whole, what never came is zeros. For few changes only: each doubles the number.
     */
    final class Every implements Fate {
        private boolean[] script = new boolean[16];
        private int asked;
        private int known = -1;

        /** @return false when every combination was had */
        public boolean next() {
            if (known < 0) {
                known = 0;
                asked = 0;
                return true;
            }
            known = asked;
            while (known > 0 && script[known - 1]) {
                known--;
            }
            if (known == 0) {
                return false;
            }
            script[known - 1] = true;
            asked = 0;
            return true;
        }

        private boolean choose() {
            if (asked == script.length) {
                script = Arrays.copyOf(script, 2 * asked);
            }
            if (asked >= known) {
                script[asked] = false;
            }
            return script[asked++];
        }

        @Override
        public boolean name(long operation) {
            return choose();
        }

        @Override
        public Sector sector(long operation, int index, int count) {
            return choose() ? Sector.NEW : Sector.OLD;
        }

        @Override
        public boolean length(long operation) {
            return choose();
        }

        @Override
        public int tear() {
            return 0;
        }

        @Override
        public void fill(byte[] sector) {
            // zeros
        }
    }
}
