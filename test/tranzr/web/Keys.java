package tranzr.web;

/** Keys that are no characters, as WebDriver names them (section 17.4.2, the table of code points). */
public final class Keys {

    public static final String BACKSPACE = "\uE003";
    public static final String TAB = "\uE004";
    public static final String ENTER = "\uE007";
    public static final String SHIFT = "\uE008";
    public static final String CONTROL = "\uE009";
    public static final String ESCAPE = "\uE00C";
    public static final String SPACE = " ";
    public static final String LEFT = "\uE012";
    public static final String UP = "\uE013";
    public static final String RIGHT = "\uE014";
    public static final String DOWN = "\uE015";

    private Keys() {
    }
}
