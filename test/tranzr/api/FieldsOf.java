package tranzr.api;

import java.util.HashMap;
import java.util.Map;

/** Makes fields for tests of other packages. */
public final class FieldsOf {

    private FieldsOf() {
    }

    /** Names and JSON values in turn; a null value leaves the field out. */
    public static Fields json(Object... namesAndValues) {
        Map<String, Object> values = new HashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            if (namesAndValues[i + 1] != null) {
                values.put((String) namesAndValues[i], namesAndValues[i + 1]);
            }
        }
        return Fields.of(values);
    }
}
