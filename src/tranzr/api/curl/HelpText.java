package tranzr.api.curl;

/** What {@code curl http://host/} tells. */
final class HelpText {

    private static final String TEXT = """
            tranzr: takes, keeps and shares large files

            Send a file, get its link:
              curl -T FILE BASE/
              curl -F file=@FILE -F file=@FILE BASE/
              COMMAND | curl -T - BASE/

            Limit the link:
              curl -T FILE -H 'Max-Downloads: 1' -H 'Expires-In: 90m' -H 'Share-Password: SECRET' BASE/
              (or Max-Days: 7; the file goes when its time is over)
              (also One-Time: true, and Share-From: 192.0.2.0/24 for the addresses it is for)

            Send a file where you were asked for one, by a link BASE/r/...:
              curl -T FILE LINK/
              curl -T FILE -u :PASSWORD LINK/

            Get a file, or the rest of it:
              curl -O LINK
              curl -C - -O LINK
              curl -O -u :PASSWORD LINK

            Send a large file so that it can be resumed:
              curl -d '{"filename": "NAME", "file_size": BYTES}' BASE/upload/start
              curl -T FILE BASE/upload/FILE_ID
              curl BASE/upload/status/FILE_ID            tells what is missing
              curl -C OFFSET -T FILE BASE/upload/FILE_ID

            Remove a file: curl -X DELETE with the URL in the answer's X-Delete-Url (curl -i shows it).
            If this server asks for a token, add -u :TOKEN when sending. The whole API: BASE/openapi.json
            """;

    private HelpText() {
    }

    static String of(String baseUrl) {
        return TEXT.replace("BASE", baseUrl);
    }
}
