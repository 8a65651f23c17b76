package tranzr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tranzr.fuzz.Fuzzed;

/** Every class that reads what others wrote is fuzzed: by its name, or by a method named so, a class is known for a parser. */
class FuzzTargetsTest {

    private static final Pattern NAME = Pattern.compile(".*(Reader|Codec|Guard|Scan|Parser|Parameters|Fields|Header|Headers|Tags|Multipart|Json|Form|Pem|Cookie)s?");
    private static final Pattern METHOD = Pattern.compile("(?m)^ +(?:(?:public|private|static|final) )*[\\w.<>\\[\\], ?]+ (?:parse\\w*|decode\\w*|read(?:Object|Request|Frame)\\w*|unpack\\w*)\\(");
    /** What looks like a parser and is none, or is reached through another, with the reason. */
    private static final Map<String, String> ELSEWHERE = new TreeMap<>(Map.of(
            "tranzr.server.Option", "names of settings, looked up in a table",
            "tranzr.api.ietf.UploadFields", "picks what tranzr.http.StructuredFields and DigestFields have read",
            "tranzr.server.TlsCertificates", "hands whole files to tranzr.security.TlsIdentity"));

    @Test
    void everyParserHasATarget() {
        Set<String> fuzzed = Fuzzed.parsers();
        List<String> missing = parsers().stream().filter(name -> !fuzzed.contains(name) && !ELSEWHERE.containsKey(name)).toList();
        assertEquals(List.of(), missing, "give each a target in tranzr.fuzz.Targets");
        assertTrue(parsers().size() > 15, "only " + parsers());
    }

    @Test
    void whatATargetNamesIsThere() {
        Set<String> classes = JavaSource.below("src").stream().map(FuzzTargetsTest::nameOf).collect(Collectors.toSet());
        TreeSet<String> gone = new TreeSet<>(Fuzzed.parsers());
        gone.addAll(ELSEWHERE.keySet());
        gone.removeAll(classes);
        assertEquals(Set.of(), gone);
    }

    private static Set<String> parsers() {
        return JavaSource.below("src").stream().filter(source -> NAME.matcher(simpleName(source)).matches() || METHOD.matcher(source.code()).find())
                .map(FuzzTargetsTest::nameOf).collect(Collectors.toCollection(TreeSet::new));
    }

    private static String simpleName(JavaSource source) {
        return source.path().substring(source.path().lastIndexOf('/') + 1).replace(".java", "");
    }

    private static String nameOf(JavaSource source) {
        return source.packageName() + "." + simpleName(source);
    }
}
