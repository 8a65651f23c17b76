package tranzr.web;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** axe-core, put into a page past its policy, as a debugger would. */
final class Axe {

    private static final String SOURCE = "/META-INF/resources/webjars/axe-core/4.6.3/axe.min.js";
    /** No stylesheets are fetched for it: a page's policy need not allow it. */
    private static final String RUN = "axe.run(CONTEXT, {resultTypes: ['violations'], preload: false}).then(found => found.violations.map(v => ({rule: v.id,"
            + " impact: v.impact || 'minor', help: v.help, places: v.nodes.map(n => n.target.join(' ') + '  ' + n.html.slice(0, 200)"
            + " + '  ' + (n.any[0] || n.all[0] || n.none[0] || {message: ''}).message)})))";

    private Axe() {
    }

    /** @param without selectors of parts that are not looked at */
    static List<Finding> run(Browser browser, String... without) {
        if (!Boolean.TRUE.equals(browser.script("return typeof axe === 'object'"))) {
            browser.evaluate(source() + "; true");
        }
        List<List<String>> excluded = java.util.Arrays.stream(without).map(List::of).toList();
        Object found = browser.evaluate(RUN.replace("CONTEXT", "{include: [['html']], exclude: " + Browser.json(excluded) + "}"));
        return ((List<?>) found).stream().map(one -> (Map<?, ?>) one).map(one -> new Finding((String) one.get("rule"), (String) one.get("impact"),
                (String) one.get("help"), ((List<?>) one.get("places")).stream().map(String::valueOf).toList())).toList();
    }

    private static String source() {
        try (InputStream in = Axe.class.getResourceAsStream(SOURCE)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
