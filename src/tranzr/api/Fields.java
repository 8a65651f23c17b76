package tranzr.api;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tranzr.http.BadRequestException;
import tranzr.http.Request;
import tranzr.model.Digest;
import tranzr.model.IpRange;
import tranzr.model.Priority;

/**
 * The fields of one request, from its JSON body, its query or a form, each read as what it has to be. An absent field and,
 * unless said otherwise, one that is null reads as empty; a wrong type is a {@link BadRequestException} {@code invalid_value} that names
 * the field; fields nobody asks for are ignored.
 */
public final class Fields {

    private static final int MAX_JSON_BYTES = 64 * 1024;
    /** A number of more digits is no size, count or time; it is refused before it is expanded. */
    private static final int MAX_DIGITS = 40;

    /** A value that came as text although it may mean a number or a truth value. */
    private record Written(String text) {
    }

    private final Map<String, Object> values;

    private Fields(Map<String, Object> values) {
        this.values = values;
    }

    /** The request's JSON object; none when it has no body. */
    public static Fields json(Request request) {
        return new Fields(request.json(MAX_JSON_BYTES));
    }

    /** The same of an object that may be larger. @param maxBytes the most it may have; the caller sees to it that there are few of them at a time */
    public static Fields json(Request request, int maxBytes) {
        return new Fields(request.json(maxBytes));
    }

    /** The named fields of the JSON object and of the query. @throws BadRequestException when the two contradict each other */
    public static Fields jsonAndQuery(Request request, List<String> names) {
        Map<String, Object> both = new LinkedHashMap<>(request.json(MAX_JSON_BYTES));
        for (String name : names) {
            Optional<String> inQuery = request.query(name);
            if (inQuery.isPresent()) {
                if (both.containsKey(name) && !String.valueOf(both.get(name)).equals(inQuery.get())) {
                    throw invalid(name, "the query and the body contradict each other");
                }
                both.put(name, new Written(inQuery.get()));
            }
        }
        return new Fields(both);
    }

    /** Fields of a form, a query or a header, where everything is text. */
    public static Fields written(Map<String, String> texts) {
        Map<String, Object> values = new LinkedHashMap<>();
        texts.forEach((name, text) -> values.put(name, new Written(text)));
        return new Fields(values);
    }

    /** Fields of a JSON object that did not come as the body of a request. */
    public static Fields of(Map<String, Object> json) {
        return new Fields(json);
    }

    public static BadRequestException invalid(String field, String why) {
        return new BadRequestException(ErrorCode.INVALID_VALUE.status(), ErrorCode.INVALID_VALUE.wireName(), field,
                field + ": " + why);
    }

    /** Whether the field is there, even as null. */
    public boolean has(String name) {
        return values.containsKey(name);
    }

    /** Whether the field is there and says that there is to be none: null in JSON, {@code none} as text. */
    public boolean isNone(String name) {
        return has(name) && (values.get(name) == null || values.get(name) instanceof Written(String text) && text.equals("none"));
    }

    public Optional<String> text(String name) {
        return switch (values.get(name)) {
            case null -> Optional.empty();
            case String text -> Optional.of(text);
            case Written(String text) -> Optional.of(text);
            default -> throw invalid(name, "must be text");
        };
    }

    /** The text of a JSON string only, so that a number in quotes is told apart from a number. */
    public boolean isText(String name) {
        return values.get(name) instanceof String;
    }

    /** A list of texts, or one text with commas between. */
    public Optional<List<String>> texts(String name) {
        if (!(values.get(name) instanceof List<?> list)) {
            return text(name).map(text -> text.isBlank() ? List.of() : Arrays.stream(text.split(",", -1)).map(String::strip).toList());
        }
        return Optional.of(list.stream().map(each -> {
            if (each instanceof String text) {
                return text;
            }
            throw invalid(name, "must be a list of texts");
        }).toList());
    }

    /** The fields of an object within. */
    public Optional<Fields> object(String name) {
        return switch (values.get(name)) {
            case null -> Optional.empty();
            case Map<?, ?> map -> {
                Map<String, Object> fields = new LinkedHashMap<>();
                map.forEach((key, value) -> fields.put((String) key, value));
                yield Optional.of(new Fields(fields));
            }
            default -> throw invalid(name, "must be an object");
        };
    }

    /** The fields of each object in a list. */
    public Optional<List<Fields>> objects(String name) {
        return switch (values.get(name)) {
            case null -> Optional.empty();
            case List<?> list -> Optional.of(list.stream().map(each -> {
                if (each instanceof Map<?, ?>) {
                    return new Fields(Collections.singletonMap(name, each)).object(name).orElseThrow();
                }
                throw invalid(name, "must be a list of objects");
            }).toList());
            default -> throw invalid(name, "must be a list of objects");
        };
    }

    /** Of all fields, in their order. */
    public Set<String> names() {
        return Collections.unmodifiableSet(values.keySet());
    }

    public Optional<Boolean> flag(String name) {
        return switch (values.get(name)) {
            case null -> Optional.empty();
            case Boolean flag -> Optional.of(flag);
            case Written(String text) when text.equals("true") || text.equals("false") -> Optional.of(Boolean.valueOf(text));
            default -> throw invalid(name, "must be true or false");
        };
    }

    /** A finite number, exactly as it was written. */
    public Optional<BigDecimal> number(String name) {
        return switch (values.get(name)) {
            case null -> Optional.empty();
            case BigDecimal number -> Optional.of(bounded(name, number));
            case BigInteger number -> Optional.of(bounded(name, new BigDecimal(number)));
            case Number number -> Optional.of(decimal(name, number.toString()));
            case Written(String text) -> Optional.of(decimal(name, text));
            default -> throw invalid(name, "must be a number");
        };
    }

    /** A number without a fraction that fits a {@code long}. */
    public Optional<Long> whole(String name) {
        return number(name).map(number -> {
            try {
                return number.longValueExact();
            } catch (ArithmeticException e) {
                throw invalid(name, "must be a whole number below 2^63");
            }
        });
    }

    /** A time as RFC 3339 writes it, in any zone. */
    public Optional<Instant> time(String name) {
        return text(name).map(text -> {
            try {
                return OffsetDateTime.parse(text).toInstant();
            } catch (DateTimeException e) {
                throw invalid(name, "must be a time such as 2030-01-31T12:00:00Z");
            }
        });
    }

    /** What transfers are worth beside others; the usual when nothing is said. */
    public Priority priority(String name) {
        return text(name).map(text -> {
            try {
                return Priority.parse(text);
            } catch (IllegalArgumentException e) {
                throw invalid(name, "the text " + e.getMessage());
            }
        }).orElse(Priority.NORMAL);
    }

    /** IP addresses and ranges of them, each once, as {@link #texts} come. */
    public Optional<List<IpRange>> ranges(String name) {
        return texts(name).map(texts -> texts.stream().map(text -> {
            try {
                return IpRange.parse(text);
            } catch (IllegalArgumentException e) {
                throw invalid(name, "'" + text + "' " + e.getMessage());
            }
        }).distinct().toList());
    }

    /** A SHA-256 as 64 hexadecimal digits. */
    public Optional<Digest> digest(String name) {
        return text(name).map(text -> {
            try {
                return Digest.ofHex(text);
            } catch (IllegalArgumentException e) {
                throw invalid(name, "must be a SHA-256 of 64 hexadecimal digits");
            }
        });
    }

    private static BigDecimal decimal(String name, String text) {
        // NaN and infinities, which some JSON readers let through, end here too.
        if (text.length() > MAX_DIGITS || !text.matches("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d{1,3})?")) {
            throw invalid(name, "must be a number");
        }
        return bounded(name, new BigDecimal(text));
    }

    private static BigDecimal bounded(String name, BigDecimal number) {
        if (number.precision() > MAX_DIGITS || Math.abs(number.scale()) > MAX_DIGITS) {
            throw invalid(name, "is out of range");
        }
        return number;
    }
}
