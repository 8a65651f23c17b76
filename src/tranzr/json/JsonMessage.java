package tranzr.json;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One JSON object (RFC 8259) of UTF-8, read field by field as it comes, of which texts can be taken as the bytes they stand for in Base64, however long they are. The rest of it is at most
 * 64 KiB, give or take a buffer. Reading throws {@link JsonException} for what is no such object, and the stream's own IOException when that breaks. Used by one thread; does not close the stream.
 */
public final class JsonMessage {

    /** Of all that is not taken as Base64. */
    private static final int MAX_BYTES = 64 * 1024;
    private static final int MAX_TEXT_CHARACTERS = 8 * 1024;
    private static final int MAX_NAME_CHARACTERS = 256;
    private static final int MAX_NUMBER_CHARACTERS = 64;
    private static final int MAX_NESTING = 32;
    /** Of the object itself; each name is remembered, so that none comes twice. */
    private static final int MAX_FIELDS = 100;

    private static final JsonFactory FACTORY = JsonFactory.builder().disable(JsonFactory.Feature.CHARSET_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_NESTING).maxNumberLength(MAX_NUMBER_CHARACTERS)
                    .maxNameLength(MAX_NAME_CHARACTERS).maxStringLength(MAX_TEXT_CHARACTERS).build())
            .build();
    /** What the object begins with for a parser that goes on in the middle of it. */
    private static final byte[] BEFORE = "{\"\":0".getBytes(StandardCharsets.US_ASCII);

    private final InputStream in;
    private final InputStream bounded;
    private final Set<String> names = new HashSet<>();
    private JsonParser parser;
    /** Null unless the current field is being read as Base64. */
    private Base64Text bytes;
    private boolean begun;

    public JsonMessage(InputStream in) throws IOException {
        this.in = in;
        this.bounded = new Bounded(in);
        this.parser = FACTORY.createParser(bounded);
    }

    /** What the parser sees of the stream: it would gather a number or a name of any length before it measures it. */
    private static final class Bounded extends InputStream {
        private final InputStream in;
        private int left = MAX_BYTES;

        Bounded(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int count) throws IOException {
            if (left == 0) {
                throw new JsonException("it has more than " + MAX_BYTES + " bytes");
            }
            int got = in.read(target, offset, Math.min(count, left));
            left -= Math.max(0, got);
            return got;
        }
    }

    /** Something asked of the parser. */
    private interface Step<T> {
        T take() throws IOException;
    }

    private static <T> T read(Step<T> step) throws IOException {
        try {
            return step.take();
        } catch (JacksonException e) {
            throw new JsonException("it is no JSON, or nested deeper than " + MAX_NESTING + " levels, or a name, a number or a text is too long");
        }
    }

    /** Goes on to the next field and tells its name; null after the last, behind which nothing follows. What is left of the field before is skipped. */
    public String next() throws IOException {
        return read(() -> {
            if (bytes != null) {
                goOnBehind();
            } else if (!begun) {
                begun = true;
                if (parser.nextToken() != JsonToken.START_OBJECT) {
                    throw new JsonException("an object is expected");
                }
            } else if (parser.currentToken() == JsonToken.FIELD_NAME) {
                parser.nextToken();
                parser.skipChildren();
            }
            if (parser.nextToken() == JsonToken.END_OBJECT) {
                if (parser.nextToken() != null) {
                    throw new JsonException("something follows the object");
                }
                return null;
            }
            String name = parser.currentName();
            if (!names.add(name)) {
                throw new JsonException("a field comes twice");
            }
            if (names.size() > MAX_FIELDS) {
                throw new JsonException("it has more than " + MAX_FIELDS + " fields");
            }
            return name;
        });
    }

    /** The value of the field, once: a text of at most 8192 characters, a number as {@link Json#readObject} gives it, a boolean, or null. @throws JsonException for an object or array too */
    public Object value() throws IOException {
        return read(() -> switch (parser.nextToken()) {
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getNumberValue();
            case VALUE_TRUE -> Boolean.TRUE;
            case VALUE_FALSE -> Boolean.FALSE;
            case VALUE_NULL -> null;
            case null, default -> throw new JsonException("a field is of no simple kind");
        });
    }

    /**
     * The bytes that the field's text stands for in Base64, as they come; to be read before the next field. @throws JsonException when it is no text; reading throws it when the text is no Base64
     */
    public InputStream bytes() throws IOException {
        return read(() -> {
            if (parser.nextToken() != JsonToken.VALUE_STRING) {
                throw new JsonException("a text in Base64 is expected");
            }
            // The parser has seen the quote and reads the text only when it is asked for.
            ByteArrayOutputStream begun = new ByteArrayOutputStream();
            parser.releaseBuffered(begun);
            bytes = new Base64Text(begun.toByteArray(), in);
            return bytes;
        });
    }

    private void goOnBehind() throws IOException {
        bytes.transferTo(OutputStream.nullOutputStream());
        List<InputStream> rest = List.of(new ByteArrayInputStream(BEFORE), new ByteArrayInputStream(bytes.rest()), bounded);
        bytes = null;
        parser = FACTORY.createParser(new SequenceInputStream(Collections.enumeration(rest)));
        parser.nextToken(); // the brace
        parser.nextToken(); // our name
        parser.nextToken(); // our value
    }
}
