package tranzr.api.rest;

import java.nio.ByteBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * As what a browser may be shown the content of a file: found by the content, never by its name, and nothing that a browser would run. Markup is shown as the text that it is.
 *
 * @param type the media type
 * @param length how many bytes of the file are shown: its beginning, or {@link #ALL}
 */
record PreviewType(String type, long length) {

    /** How much of a text is shown, and how much of a file is looked at to find out what it is. */
    static final int HEAD_BYTES = 256 << 10;
    static final long ALL = Long.MAX_VALUE;

    /** Drawn by a script, in a frame that has no origin. */
    static final String PDF = "application/pdf";
    /** Of a PDF that is shown, in bytes: it is in the browser's memory as a whole. */
    static final long MAX_PDF_BYTES = 32L << 20;

    private static final String TEXT = "text/plain; charset=utf-8";
    private static final int MAGIC_BYTES = 16;

    /**
     * What this content can be shown as; empty for what cannot.
     *
     * @param head the first {@link #HEAD_BYTES} of the file, or all of it
     */
    static Optional<PreviewType> of(byte[] head) {
        Optional<String> media = media(new String(head, 0, Math.min(head.length, MAGIC_BYTES), StandardCharsets.ISO_8859_1), head);
        return media.isPresent() ? media.map(type -> new PreviewType(type, ALL)) : text(head);
    }

    /** @param magic the first bytes, a character each */
    private static Optional<String> media(String magic, byte[] head) {
        if (magic.startsWith("%PDF-")) {
            return Optional.of(PDF);
        } else if (magic.startsWith("\u0089PNG\r\n\u001A\n")) {
            return Optional.of("image/png");
        } else if (magic.startsWith("\u00FF\u00D8\u00FF")) {
            return Optional.of("image/jpeg");
        } else if (magic.startsWith("GIF87a") || magic.startsWith("GIF89a")) {
            return Optional.of("image/gif");
        } else if (magic.startsWith("RIFF") && magic.startsWith("WEBP", 8)) {
            return Optional.of("image/webp");
        } else if (magic.startsWith("RIFF") && magic.startsWith("WAVE", 8)) {
            return Optional.of("audio/wav");
        } else if (magic.startsWith("OggS")) {
            return Optional.of("audio/ogg");
        } else if (magic.startsWith("fLaC")) {
            return Optional.of("audio/flac");
        } else if (magic.startsWith("\u001AE\u00DF\u00A3")) {
            return isWebm(head) ? Optional.of("video/webm") : Optional.empty();
        } else if (magic.startsWith("ID3") || isMp3Frame(head)) {
            return Optional.of("audio/mpeg");
        }
        return magic.startsWith("ftyp", 4) ? isoMedia(magic.substring(Math.min(8, magic.length()))) : Optional.empty();
    }

    /** By the major brand of ISO base media (ISO/IEC 14496-12, section 4.3). */
    private static Optional<String> isoMedia(String brand) {
        if (brand.startsWith("avif") || brand.startsWith("avis")) {
            return Optional.of("image/avif");
        } else if (brand.startsWith("M4A ") || brand.startsWith("M4B ")) {
            return Optional.of("audio/mp4");
        }
        return brand.matches("(isom|iso[2-9]|mp4[12]|avc1|M4V |MSNV|dash)[\\s\\S]*") ? Optional.of("video/mp4") : Optional.empty();
    }

    /** The document type, which stands near the beginning of the EBML header; Matroska has another. */
    private static boolean isWebm(byte[] head) {
        return new String(head, 0, Math.min(head.length, 64), StandardCharsets.ISO_8859_1).contains("\u0042\u0082\u0084webm");
    }

    /** A frame of MPEG audio layer III (ISO/IEC 11172-3, section 2.4.2.3), and not one by chance: bit rate and sampling rate are such as there are. */
    private static boolean isMp3Frame(byte[] head) {
        return head.length > 3 && (head[0] & 0xFF) == 0xFF && (head[1] & 0xE6) == 0xE2 && (head[1] & 0x18) != 0x08 && (head[2] & 0xF0) != 0xF0
                && (head[2] & 0xF0) != 0 && (head[2] & 0x0C) != 0x0C;
    }

    /** UTF-8 without control characters but those of lines, tabs and terminals' colours. A character cut at the end of what is looked at is left out. */
    private static Optional<PreviewType> text(byte[] head) {
        int end = head.length < HEAD_BYTES ? head.length : wholeCharacters(head);
        for (int i = 0; i < end; i++) {
            int c = head[i] & 0xFF;
            if (c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1B || c == 0x7F) {
                return Optional.empty();
            }
        }
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT).onUnmappableCharacter(CodingErrorAction.REPORT);
        try {
            decoder.decode(ByteBuffer.wrap(head, 0, end));
            return Optional.of(new PreviewType(TEXT, end));
        } catch (java.nio.charset.CharacterCodingException e) {
            return Optional.empty();
        }
    }

    /** Up to the beginning of a last character that may not be whole (RFC 3629, section 3). */
    private static int wholeCharacters(byte[] bytes) {
        int end = bytes.length;
        for (int back = 1; back <= 4 && back <= bytes.length; back++) {
            int c = bytes[bytes.length - back] & 0xFF;
            if (c < 0x80) {
                return end;
            }
            if (c >= 0xC0) {
                return bytes.length - back;
            }
        }
        return end;
    }
}
