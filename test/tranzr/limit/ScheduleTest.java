package tranzr.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScheduleTest {

    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    @Test
    void theFirstRuleThatMatchesCounts() {
        Schedule schedule = Schedule.parse("mon-fri 08:00-18:00 5MiB/s; sat,sun 10MiB/s; 20MiB/s");
        // The 5th of January 2026 is a Monday.
        assertEquals("5MiB/s", at(schedule, "2026-01-05T08:00"));
        assertEquals("5MiB/s", at(schedule, "2026-01-09T17:59:59.999"));
        assertEquals("20MiB/s", at(schedule, "2026-01-09T18:00"));
        assertEquals("20MiB/s", at(schedule, "2026-01-05T07:59:59"));
        assertEquals("10MiB/s", at(schedule, "2026-01-10T00:00"));
        assertEquals("10MiB/s", at(schedule, "2026-01-11T23:59:59"));
        assertEquals("20MiB/s", at(schedule, "2026-01-12T00:00"));
    }

    @Test
    void timesOverMidnightBelongToTheDayOnWhichTheyBegin() {
        Schedule schedule = Schedule.parse("fri,sun 22:00-06:00 none; 1MiB/s");
        assertEquals("1MiB/s", at(schedule, "2026-01-09T21:59"));
        assertEquals("none", at(schedule, "2026-01-09T22:00"));
        assertEquals("none", at(schedule, "2026-01-10T05:59"));
        assertEquals("1MiB/s", at(schedule, "2026-01-10T06:00"));
        assertEquals("1MiB/s", at(schedule, "2026-01-10T22:00"));
        assertEquals("1MiB/s", at(schedule, "2026-01-09T05:00"));
        assertEquals("none", at(schedule, "2026-01-12T05:59"), "Sunday's end lies on Monday");
    }

    @Test
    void severalTimesSpansOverTheWeekendAndCapitalsAreUnderstood() {
        Schedule schedule = Schedule.parse(" Fri-Mon  08:00-12:00,13:00-24:00 1MiB/s ;wed 2MB/s");
        assertEquals("1MiB/s", at(schedule, "2026-01-11T23:59"));
        assertEquals("none", at(schedule, "2026-01-11T12:30"));
        assertEquals("1MiB/s", at(schedule, "2026-01-05T08:00"));
        assertEquals("none", at(schedule, "2026-01-06T08:00"));
        assertEquals("2000000/s", at(schedule, "2026-01-07T00:00"));
    }

    @Test
    void aRateAloneAlwaysHolds() {
        assertEquals(Schedule.always(new ByteRate(5 << 20)), Schedule.parse("5MiB/s"));
        assertEquals(Schedule.NONE, Schedule.parse("none"));
        assertTrue(Schedule.parse("sat none; none").isNone());
        assertFalse(Schedule.parse("sat 5MiB/s; none").isNone());
        assertEquals(Schedule.parse("mon-sun 00:00-24:00 5MiB/s"), Schedule.parse("5MiB/s"));
    }

    @Test
    void anHourLeftOutBySummerTimeDoesNotOccurAndOneRepeatedCountsTwice() {
        Schedule schedule = Schedule.parse("02:00-03:00 1MiB/s; 2MiB/s");
        // In Berlin 2026-03-29 goes from 01:59:59 to 03:00, and 2026-10-25 has 02:00 to 03:00 twice.
        assertEquals("2MiB/s", schedule.at(Instant.parse("2026-03-29T00:59:59Z"), BERLIN).toString());
        assertEquals("2MiB/s", schedule.at(Instant.parse("2026-03-29T01:00:00Z"), BERLIN).toString());
        assertEquals("1MiB/s", schedule.at(Instant.parse("2026-10-25T00:00:00Z"), BERLIN).toString());
        assertEquals("1MiB/s", schedule.at(Instant.parse("2026-10-25T01:59:59Z"), BERLIN).toString());
        assertEquals("2MiB/s", schedule.at(Instant.parse("2026-10-25T02:00:00Z"), BERLIN).toString());
        Schedule night = Schedule.parse("sat 22:00-06:00 1MiB/s; 2MiB/s");
        assertEquals("1MiB/s", night.at(Instant.parse("2026-03-29T03:59:59Z"), BERLIN).toString());
        assertEquals("2MiB/s", night.at(Instant.parse("2026-03-29T04:00:00Z"), BERLIN).toString());
    }

    @Test
    void anythingUnclearIsRefused() {
        for (String bad : List.of("", ";", "5MiB", "5MiB/s;", "5MiB/s; 6MiB/s", "none; sat 5MiB/s", "sat", "08:00-18:00", "sat 08:00-18:00", "08:00-18:00 sat 5MiB/s",
                "8:00-18:00 5MiB/s", "08:00-25:00 5MiB/s", "08:60-18:00 5MiB/s", "24:01-06:00 5MiB/s", "08:00-08:00 5MiB/s", "24:00-06:00 5MiB/s", "00:00 5MiB/s",
                "mon-abc 5MiB/s", "ont 5MiB/s", "mon,,tue 5MiB/s", "mon- 5MiB/s", "monday 5MiB/s", "mon-tue-wed 5MiB/s", "sat 08:00-09:00 x 5MiB/s", "\u0660\u0668:00-18:00 5MiB/s",
                "5MiB/s ".repeat(3), ";".repeat(100), "x".repeat(100_000), "mon,".repeat(1000) + "tue 5MiB/s;".repeat(10))) {
            assertThrows(IllegalArgumentException.class, () -> Schedule.parse(bad), bad);
        }
    }

    private static String at(Schedule schedule, String local) {
        return schedule.at(LocalDateTime.parse(local).atZone(BERLIN).toInstant(), BERLIN).toString();
    }
}
