package tranzr.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.model.ByteRange;
import tranzr.model.Digest;
import tranzr.model.Right;
import tranzr.model.Scope;
import tranzr.server.ServedEngine;
import tranzr.transfer.Failure;

class ProblemsTest {

    private static Failure example(Class<?> type) throws ReflectiveOperationException {
        RecordComponent[] components = type.getRecordComponents();
        Object[] values = Arrays.stream(components).map(component -> sample(component.getType())).toArray();
        Class<?>[] types = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        var constructor = type.getDeclaredConstructor(types);
        constructor.setAccessible(true);
        return (Failure) constructor.newInstance(values);
    }

    private static Object sample(Class<?> type) {
        return switch (type.getSimpleName()) {
            case "UUID" -> new UUID(1, 2);
            case "long" -> 7L;
            case "int" -> 7;
            case "boolean" -> true;
            case "String" -> "words";
            case "Digest" -> Digest.sha256(new byte[0]);
            case "List" -> List.of(new ByteRange(0, 5), new ByteRange(9, 9), new ByteRange(10, 11));
            case "Duration" -> Duration.ofMillis(1500);
            case "Right" -> Right.SHARE;
            case "Kind" -> Scope.Kind.ROOM;
            default -> throw new AssertionError("no sample of " + type);
        };
    }

    private static Stream<Class<?>> failures(Class<?> sealed) {
        return Arrays.stream(sealed.getPermittedSubclasses()).flatMap(type -> type.isInterface() ? failures(type) : Stream.of(type));
    }

    @Test
    void everyFailureHasACodeOfItsOwnFromTheTable() throws ReflectiveOperationException {
        Set<String> seen = new HashSet<>();
        for (Class<?> type : failures(Failure.class).toList()) {
            Problem problem = Problems.of(example(type));
            ErrorCode code = ErrorCode.of(problem.code()).orElseThrow();
            assertEquals(code.status(), problem.status());
            assertEquals(code.retryable(), problem.retryable());
            assertFalse(problem.detail().isBlank());
            assertTrue(seen.add(problem.code()), problem.code() + " stands for two failures");
        }
    }

    @Test
    void rangesAreToldWithBothEndsInclusiveAndEmptyOnesNotAtAll() {
        assertEquals(List.of(List.of(0L, 4L), List.of(10L, 10L)),
                Problems.inclusive(List.of(new ByteRange(0, 5), new ByteRange(9, 9), new ByteRange(10, 11))));
    }

    @Test
    void whatNobodyForesawIsLoggedUnderAnIdAndNotTold(@TempDir Path folder) throws IOException {
        List<LogRecord> logged = new CopyOnWriteArrayList<>();
        Logger log = Logger.getLogger(Problems.class.getName());
        Handler collector = new Handler() {
            @Override
            public void publish(LogRecord entry) {
                logged.add(entry);
            }

            @Override
            public void flush() {
            }

            @Override
            public void close() {
            }
        };
        log.addHandler(collector);
        log.setUseParentHandlers(false);
        try (ServedEngine server = new ServedEngine(folder)) {
            server.breakHealth();
            ServedEngine.Answer answer = server.get("/health").expect(500, "internal_error");
            assertFalse(answer.text().contains("NullPointer"), answer.text());
            assertEquals(1, logged.size());
            assertTrue(logged.getFirst().getMessage().contains(answer.field("incident")), logged.getFirst().getMessage());
            assertTrue(logged.getFirst().getThrown() instanceof NullPointerException);
        } finally {
            log.removeHandler(collector);
            log.setUseParentHandlers(true);
        }
    }

    @Test
    void aRangeOfAnotherLengthIsNotSaidToLieOutside() {
        String contradicts = Problems.of(new Failure.RangeOutOfBounds(0, 10, 100)).detail();
        assertTrue(contradicts.contains("another length"), contradicts);
        String outside = Problems.of(new Failure.RangeOutOfBounds(0, 101, 100)).detail();
        assertTrue(outside.contains("do not lie within"), outside);
    }
}
