package tranzr.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tranzr.fault.CrashDisk;
import tranzr.fault.Fate;

/** Power cuts and kills at every moment of making a data directory. */
class DataDirectoryCrashTest {

    private static final UUID FIRST = UUID.fromString("00000000-0000-4000-8000-000000000001");
    private static final UUID SECOND = UUID.fromString("00000000-0000-4000-8000-000000000002");
    private static final Path ROOT = CrashDisk.ROOT.resolve("a/data");
    private static final int FATES = 40;

    @Test
    void whatever_a_crash_leaves_of_making_a_store_the_next_start_finishes() throws Exception {
        List<CrashDisk> left = new ArrayList<>();
        makeWatched(new CrashDisk(), FIRST, left);
        assertTrue(left.size() > 300, left.size() + " states");
        for (CrashDisk state : left) {
            open(state, SECOND);
            // What was made anew lasts as well, also when the crash before was a kill that left names unforced.
            UUID made = open(state, UUID.randomUUID());
            for (int seed = 0; seed < 3; seed++) {
                assertEquals(made, open(state.afterCrash(fate(state, seed)), UUID.randomUUID()));
            }
        }
    }

    @Test
    void a_store_that_was_opened_once_keeps_its_identity_through_every_power_cut() throws Exception {
        CrashDisk disk = new CrashDisk();
        open(disk, FIRST);
        for (int seed = 0; seed < 200; seed++) {
            assertEquals(FIRST, open(disk.afterCrash(fate(disk, seed)), SECOND), "seed " + seed);
        }
    }

    @Test
    void without_force_the_same_test_finds_the_store_lost() throws Exception {
        CrashDisk disk = new CrashDisk().ignoringForce();
        open(disk, FIRST);
        int lost = 0;
        for (int seed = 0; seed < 200; seed++) {
            CrashDisk left = disk.afterCrash(fate(disk, seed));
            try {
                lost += open(left, SECOND).equals(FIRST) ? 0 : 1;
            } catch (StartException e) {
                lost++;
            }
        }
        assertTrue(lost > 0);
    }

    private static void makeWatched(CrashDisk disk, UUID id, List<CrashDisk> left) throws Exception {
        disk.watch(() -> {
            left.add(disk.afterKill());
            for (int seed = 0; seed < FATES; seed++) {
                left.add(disk.afterCrash(fate(disk, seed)));
            }
        });
        open(disk, id);
    }

    private static UUID open(CrashDisk disk, UUID id) throws Exception {
        try (DataDirectory data = DataDirectory.open(disk, ROOT, () -> id)) {
            return data.store();
        }
    }

    private static Fate fate(CrashDisk disk, long seed) {
        return Fate.random(new Random(seed), disk.operations());
    }
}
