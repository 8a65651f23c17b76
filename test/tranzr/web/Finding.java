package tranzr.web;

import java.util.List;

/**
 * What axe-core found wrong on a page.
 *
 * @param rule such as {@code color-contrast}
 * @param impact {@code minor}, {@code moderate}, {@code serious} or {@code critical}
 * @param help what the rule asks for
 * @param places a selector and the markup of each element
 */
public record Finding(String rule, String impact, String help, List<String> places) {

    private static final int SHOWN = 8;

    /** Whether it keeps somebody from using the page. */
    public boolean isSerious() {
        return impact.equals("serious") || impact.equals("critical");
    }

    @Override
    public String toString() {
        return impact + " " + rule + ", " + places.size() + " times: " + help + "\n    " + String.join("\n    ", places.subList(0, Math.min(SHOWN, places.size())));
    }
}
