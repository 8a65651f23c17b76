package tranzr.json;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.jr.ob.JSON;
import com.fasterxml.jackson.jr.ob.JSONObjectException;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** JSON (RFC 8259) as plain maps, lists, strings, numbers, booleans and null. The only user of jackson-jr. */
public final class Json {

    static final int MAX_NESTING = 32;
    static final int MAX_NUMBER_CHARACTERS = 64;

    private static final JsonFactory FACTORY = JsonFactory.builder().streamReadConstraints(StreamReadConstraints.builder()
            .maxNestingDepth(MAX_NESTING).maxNumberLength(MAX_NUMBER_CHARACTERS).build()).build();
    private static final JSON READER = JSON.std.with(JSON.Feature.FAIL_ON_DUPLICATE_MAP_KEYS);

    private Json() {
    }

    /**
     * Reads one JSON object, in the order of its fields. Numbers come as Integer, Long, BigInteger or, with a fraction or an
     * exponent, Double.
     *
     * @throws JsonException for anything else: another value, something after it, a field twice, more than
     *         32 levels, a number of more than 64 characters or beyond a double, bytes that are not UTF-8
     */
    public static Map<String, Object> readObject(byte[] bytes) {
        try (JsonParser parser = FACTORY.createParser(utf8(bytes))) {
            parser.nextToken();
            if (!parser.isExpectedStartObjectToken()) {
                throw invalid("an object is expected");
            }
            Map<String, Object> object = READER.mapFrom(parser);
            if (parser.nextToken() != null) {
                throw invalid("something follows the object");
            }
            requireFinite(object);
            return object;
        } catch (CharacterCodingException e) {
            throw invalid("it is not UTF-8");
        } catch (JacksonException e) {
            throw invalid(why(e));
        } catch (IOException e) {
            throw invalid("it cannot be read");
        }
    }

    /**
     * UTF-8 without white space.
     *
     * @throws IllegalArgumentException for a value that JSON does not have
     */
    public static byte[] write(Object value) {
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = FACTORY.createGenerator(text)) {
            write(generator, value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void write(JsonGenerator generator, Object value) throws IOException {
        switch (value) {
            case null -> generator.writeNull();
            case String text -> generator.writeString(text);
            case Boolean truth -> generator.writeBoolean(truth);
            case Integer number -> generator.writeNumber(number);
            case Long number -> generator.writeNumber(number);
            case BigInteger number -> generator.writeNumber(number);
            case BigDecimal number -> generator.writeNumber(number);
            case Double number when Double.isFinite(number) -> generator.writeNumber(number);
            case Map<?, ?> map -> {
                generator.writeStartObject();
                for (Map.Entry<?, ?> field : map.entrySet()) {
                    generator.writeFieldName((String) field.getKey());
                    write(generator, field.getValue());
                }
                generator.writeEndObject();
            }
            case Iterable<?> list -> {
                generator.writeStartArray();
                for (Object element : list) {
                    write(generator, element);
                }
                generator.writeEndArray();
            }
            default -> throw new IllegalArgumentException("JSON has no " + value.getClass().getName() + ": " + value);
        }
    }

    private static String utf8(byte[] bytes) throws CharacterCodingException {
        return StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT).decode(ByteBuffer.wrap(bytes)).toString();
    }

    /** A number such as 1e999 is read as infinity. */
    static void requireFinite(Object value) {
        switch (value) {
            case Double number when !Double.isFinite(number) -> throw invalid("a number is too large");
            case Map<?, ?> map -> map.values().forEach(Json::requireFinite);
            case Iterable<?> list -> list.forEach(Json::requireFinite);
            case null, default -> { }
        }
    }

    /** In our words: those of the parser name its own settings. */
    static String why(JacksonException e) {
        if (e instanceof StreamConstraintsException) {
            return "it is nested deeper than " + MAX_NESTING + " levels, or a name or a number is too long";
        }
        if (e instanceof JSONObjectException) {
            return "a field comes twice";
        }
        JsonLocation place = e.getLocation();
        return "it is no JSON" + (place == null ? "" : " at line " + place.getLineNr() + ", column " + place.getColumnNr());
    }

    private static JsonException invalid(String why) {
        return new JsonException(why);
    }
}
