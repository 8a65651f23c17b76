package tranzr.api.ui;

/** Text within a page. */
final class Html {

    private Html() {
    }

    /** For text and for values of attributes; a brace cannot pass for a place that is still to be filled. */
    static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;").replace("'", "&#39;").replace("{", "&#123;");
    }
}
