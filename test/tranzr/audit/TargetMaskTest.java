package tranzr.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tranzr.security.Tokens;

class TargetMaskTest {

    private static final String ID = "3f2b8a52-6c1d-4e0f-9a77-0123456789ab";

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /                                | /
            /files?limit=5&after=7           | /files?limit=5&after=7
            /s/abc                           | /s/*
            /s/abc/name.txt                  | /s/*/name.txt
            /%73/abc                         | /%73/*
            /S/abc                           | /S/*
            /r/abc?x=y                       | /r/*?x=*
            /share/info/abc                  | /share/info/*
            /share/download/abc/n            | /share/download/*/n
            /share/create/the-id             | /share/create/the-id
            /shares/abc                      | /shares/*
            /shares?after=abc                | /shares?after=abc
            /delete/the-id/key               | /delete/the-id/*
            /note.txt?password=x             | /note.txt?password=*
            /note.txt?Password               | /note.txt?Password
            /a?limit=1&limit                 | /a?limit=1&limit
            /a?limit=<script>                | /a?limit=*
            /a?%70assword=x                  | /a?*=*
            /%                               | /%
            /%2                              | /%2
            *                                | *
            """)
    void what_opens_something_is_masked_and_the_rest_stays(String target, String masked) {
        assertEquals(masked, TargetMask.of(target));
        assertEquals(masked, TargetMask.of(masked), "masking twice changes nothing more");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            https://files.example.org/s/abc?password=x#f | https://files.example.org/s/*?password=*
            http://user:secret@h:80/a                    | http://h:80/a
            http://h                                     | http://h
            http://h?x=y                                 | http://h?x=*
            HTTPS://h/r/abc                              | https://h/r/*
            javascript:alert(1)                          | *
            /s/abc                                       | *
            android-app://x/y                            | *
            http://a@b/c@d                               | http://b/c@d
            """)
    void of_a_url_the_same_goes_and_user_and_fragment_go_too(String url, String masked) {
        assertEquals(masked, TargetMask.ofUrl(url));
    }

    @Test
    void a_fragment_goes_also_when_a_line_ends_in_it() {
        assertEquals("http://h/a", TargetMask.ofUrl("http://h/a#\u0085#secret\nmore"));
    }

    @Test
    void a_secret_of_ours_is_masked_wherever_it_stands() {
        Random random = new Random(3);
        for (Tokens.Kind kind : Tokens.Kind.values()) {
            String secret = Tokens.create(kind, random);
            for (String place : List.of("/%s", "/x/y/%s", "/s/x/%s", "/?%s", "/?limit=%s", "/?a=b&%s=c", "/a%%20%s", "/x?after=%s", "/%s.txt")) {
                String masked = TargetMask.of(place.formatted(secret));
                assertFalse(masked.contains(secret.substring(4, 20)), masked);
                assertFalse(TargetMask.ofUrl("http://" + secret + "/" + place.formatted(secret)).contains(secret.substring(4, 20)));
            }
        }
        assertEquals("/download/" + ID, TargetMask.of("/download/" + ID), "an id is no secret");
    }

    @Test
    void any_text_is_masked_without_failing() {
        Random random = new Random(5);
        String signs = "/?&=%#@:\\s*rtz_aA0\u0000\u00e9 .";
        for (int round = 0; round < 20_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(30); i > 0; i--) {
                text.append(signs.charAt(random.nextInt(signs.length())));
            }
            String masked = TargetMask.of(text.toString());
            assertEquals(masked, TargetMask.of(masked), text.toString());
            TargetMask.ofUrl("http://" + text);
            TargetMask.ofUrl(text.toString());
        }
    }
}
