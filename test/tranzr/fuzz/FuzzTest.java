package tranzr.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every target over so many inputs of one seed, and the frame itself. */
class FuzzTest {

    private static final long SEED = 1;
    /** Where what is allocated on purpose is not seen to be useless. */
    private static volatile byte[] kept;

    static List<FuzzTarget> targets() {
        return Targets.all();
    }

    @ParameterizedTest
    @MethodSource("targets")
    void nothingMakesItFailGrowOrHang(FuzzTarget target) throws Exception {
        try (target) {
            new Fuzzer(target, SEED).run(0, target.inputs());
        }
    }

    @Test
    void namesAreNotUsedTwice() {
        Set<String> names = new TreeSet<>();
        assertEquals(List.of(), Targets.all().stream().map(FuzzTarget::name).filter(name -> !names.add(name)).toList());
    }

    @Test
    void inputsFollowFromTheirSeedAndNumberAlone() {
        List<byte[]> seeds = List.of("one".getBytes(), "{\"two\":2}".getBytes());
        Mutator mutator = new Mutator(seeds, List.of("word".getBytes()), 5);
        List<byte[]> forth = Stream.iterate(0, n -> n + 1).limit(500).map(mutator::input).toList();
        Mutator second = new Mutator(seeds, List.of("word".getBytes()), 5);
        for (int n = 499; n >= 0; n--) {
            assertTrue(Arrays.equals(forth.get(n), second.input(n)), "input " + n);
        }
        assertTrue(forth.stream().map(Arrays::toString).distinct().count() > 400, "most inputs differ");
        assertTrue(forth.stream().anyMatch(input -> input.length > 10_000), "none is long");
        assertTrue(forth.stream().allMatch(input -> input.length <= FuzzTarget.MAX_BYTES));
    }

    @Test
    void aFailureIsToldWithItsShortestInput() {
        Target failing = Target.of("failing").seeds("some text with a word in it").latin(text -> {
            int at = text.indexOf('q');
            Expect.that(at < 0 || text.indexOf('q', at + 1) < 0, "two of them");
        });
        AssertionError told = assertThrows(AssertionError.class, () -> new Fuzzer(failing, 3).run(0, 100_000));
        assertTrue(told.getMessage().contains("two of them") && told.getMessage().contains("--target failing --seed 3 --input "), told.getMessage());
        assertTrue(told.getMessage().contains("2 bytes \"qq\""), told.getMessage());
    }

    @Test
    void whatAllocatesTooMuchIsFound() {
        Target hungry = Target.of("hungry").seeds("a").bytes(input -> kept = new byte[input.length * 1000]);
        AssertionError told = assertThrows(AssertionError.class, () -> new Fuzzer(hungry, 3).run(0, 5_000));
        assertTrue(told.getMessage().contains("allocates"), told.getMessage());
    }
}
