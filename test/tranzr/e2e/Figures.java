package tranzr.e2e;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A scrape of {@code GET /metrics}, taken apart as a collector would. */
record Figures(String text, Map<String, Double> samples) {

    private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*(?:\\{(?:[a-z]+=\"(?:[^\"\\\\\\n]|\\\\[\\\\n\"])*\",?)+})?) (\\S+)");

    static Figures of(Http http, String... headers) {
        return parse(http.get("/metrics", headers).expect(200).text());
    }

    /** @throws AssertionError for a line that is none, and for a sample that is there twice */
    static Figures parse(String text) {
        Map<String, Double> samples = new LinkedHashMap<>();
        for (String line : text.split("\n")) {
            if (!line.startsWith("#")) {
                Matcher sample = SAMPLE.matcher(line);
                if (!sample.matches() || samples.put(sample.group(1), number(sample.group(2))) != null) {
                    throw new AssertionError("not a sample, or one more of it: " + line);
                }
            }
        }
        return new Figures(text, samples);
    }

    private static double number(String text) {
        return text.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(text);
    }

    /** 0 when there is none. */
    long count(String sample) {
        return Math.round(samples.getOrDefault(sample, 0.0));
    }

    /** The names of the families, whether they have samples or not. */
    Set<String> families() {
        Set<String> names = new TreeSet<>();
        Matcher type = Pattern.compile("(?m)^# TYPE (\\S+) ").matcher(text);
        while (type.find()) {
            names.add(type.group(1));
        }
        return names;
    }
}
