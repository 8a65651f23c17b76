package tranzr.json;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * One JSON object, read piece by piece as its bytes come, in memory that does not depend on its length: only what is asked for is kept, and no more than the piece at hand. For objects
 * that are too long for {@link Json#readObject}. Used by one thread.
 * <p>Each method throws {@link JsonException} for what is no JSON, is not UTF-8 or is not of the kind that is asked for, and {@link IOException} when the stream breaks. Whether a field
 * comes twice is for the caller to see.
 */
public final class JsonReader implements Closeable {

    /** Of a text that is asked for, in characters. */
    public static final int MAX_TEXT = 8 * 1024;
    private static final int MAX_NAME = 256;

    /** Names are not kept for the next time, or many different ones would fill the memory. */
    private static final JsonFactory FACTORY = JsonFactory.builder().configure(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES, false)
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(Json.MAX_NESTING).maxNumberLength(Json.MAX_NUMBER_CHARACTERS)
                    .maxStringLength(MAX_TEXT).maxNameLength(MAX_NAME).build()).build();

    private final JsonParser parser;

    /** @param in closed with this */
    public JsonReader(InputStream in) throws IOException {
        parser = FACTORY.createParser(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT)));
    }

    /** Steps into an object, which is what comes first, or what {@link #nextElement} or {@link #nextField} has come to. */
    public void enterObject() throws IOException {
        if (parser.currentToken() == null || parser.currentToken() == JsonToken.FIELD_NAME) {
            next();
        }
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw new JsonException("an object is expected" + place());
        }
    }

    /** The name of the next field of the object at hand, whose value is then read or passed over; null when there is none. */
    public String nextField() throws IOException {
        return next() == JsonToken.FIELD_NAME ? parser.currentName() : null;
    }

    /** The value of a field: a String, a Boolean, a Number as {@link Json#readObject} gives it, or null. */
    public Object value() throws IOException {
        JsonToken token = next();
        if (token == null || !token.isScalarValue()) {
            throw new JsonException("a plain value is expected" + place());
        }
        try {
            Object value = switch (token) {
                case VALUE_STRING -> parser.getText();
                case VALUE_TRUE -> true;
                case VALUE_FALSE -> false;
                case VALUE_NULL -> null;
                default -> parser.getNumberValue();
            };
            Json.requireFinite(value);
            return value;
        } catch (JacksonException e) {
            throw new JsonException(Json.why(e));
        } catch (CharacterCodingException e) {
            throw new JsonException("it is not UTF-8");
        }
    }

    /** Passes over the value of a field, whatever it is. */
    public void skip() throws IOException {
        next();
        try {
            parser.skipChildren();
        } catch (JacksonException e) {
            throw new JsonException(Json.why(e));
        } catch (CharacterCodingException e) {
            throw new JsonException("it is not UTF-8");
        }
    }

    /** Steps into the list that is the value of a field. */
    public void enterList() throws IOException {
        if (next() != JsonToken.START_ARRAY) {
            throw new JsonException("a list is expected" + place());
        }
    }

    /** Goes on to the next element of the list at hand; false at its end. */
    public boolean nextElement() throws IOException {
        return next() != JsonToken.END_ARRAY;
    }

    /** Demands that nothing follows what was read. */
    public void end() throws IOException {
        if (next() != null) {
            throw new JsonException("something follows the object");
        }
    }

    private JsonToken next() throws IOException {
        try {
            JsonToken token = parser.nextToken();
            if (token == null && !parser.getParsingContext().inRoot()) {
                throw new JsonException("it ends too early");
            }
            return token;
        } catch (JacksonException e) {
            throw new JsonException(Json.why(e));
        } catch (CharacterCodingException e) {
            throw new JsonException("it is not UTF-8");
        }
    }

    private String place() {
        return " at line " + parser.currentLocation().getLineNr() + ", column " + parser.currentLocation().getColumnNr();
    }

    @Override
    public void close() throws IOException {
        parser.close();
    }
}
