package tranzr.accounts;

import java.text.Normalizer;
import tranzr.transfer.Failure;
import tranzr.transfer.FailureException;

/** Names of tokens and rooms: for people, so that none may look like another or like an id. */
final class Labels {

    private static final int MAX_LENGTH = 100;
    private static final String ID = "\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}";

    private Labels() {
    }

    /** The name in normal form (NFC). Fails with InvalidValue. @param field how the client calls it */
    static String checked(String field, String text) {
        String name = Normalizer.normalize(text, Normalizer.Form.NFC);
        if (name.isEmpty() || name.codePointCount(0, name.length()) > MAX_LENGTH) {
            throw invalid(field, "must be 1 to " + MAX_LENGTH + " characters");
        }
        if (!name.codePoints().allMatch(Labels::isPrintable) || !name.equals(name.strip())) {
            throw invalid(field, "must be printable characters, and neither begin nor end with a space");
        }
        if (name.matches(ID)) {
            throw invalid(field, "looks like an id");
        }
        return name;
    }

    static boolean isPrintable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED, Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            case Character.SPACE_SEPARATOR -> c == ' ';
            default -> true;
        };
    }

    private static FailureException invalid(String field, String why) {
        return new FailureException(new Failure.InvalidValue(field, why));
    }
}
