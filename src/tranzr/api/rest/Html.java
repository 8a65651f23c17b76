package tranzr.api.rest;

/** What the pages for browsers have in common. */
final class Html {

    private Html() {
    }

    /** Up to the beginning of the body. @param title escaped already */
    static String head(String title) {
        return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>" + title
                + "</title>\n</head>\n<body>\n";
    }

    /** For text and for values of attributes. */
    static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;").replace("'", "&#39;");
    }
}
