package tranzr.web;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Makes small PDF files (ISO 32000-1, section 7.5), a page of text each, in a font that every reader has. */
final class PdfFile {

    private final List<byte[]> objects = new ArrayList<>();

    private PdfFile() {
    }

    /**
     * A file.
     *
     * @param catalog more entries of the catalog, such as what is to be done on opening
     * @param page more entries of each page
     */
    static byte[] of(String catalog, String page, String... texts) {
        PdfFile file = new PdfFile();
        StringBuilder kids = new StringBuilder();
        for (int i = 0; i < texts.length; i++) {
            kids.append(4 + 2 * i).append(" 0 R ");
        }
        file.add("<< /Type /Catalog /Pages 2 0 R " + catalog + " >>");
        file.add("<< /Type /Pages /Count " + texts.length + " /Kids [" + kids + "] >>");
        file.add("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>");
        for (int i = 0; i < texts.length; i++) {
            String drawing = "0.1 0.4 0.35 rg 40 40 120 60 re f 0 g BT /F1 24 Tf 40 150 Td (" + texts[i] + ") Tj ET";
            file.add("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Resources << /Font << /F1 3 0 R >> >> /Contents " + (5 + 2 * i) + " 0 R " + page + " >>");
            file.add("<< /Length " + drawing.length() + " >>\nstream\n" + drawing + "\nendstream");
        }
        return file.bytes();
    }

    /** A page with nothing but a black picture in the form that scanners give to text (ITU-T T.88, of it the coding of ITU-T T.6). */
    static byte[] scanned() {
        // The first line: horizontal mode, no white, 32 black; each of the others is as the one above it; the end of the block.
        String code = "001" + "00110101" + "000001101010" + "11".repeat(31) + "000000000001".repeat(2);
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < code.length(); i += 8) {
            lines.append((char) Integer.parseInt((code.substring(i, Math.min(i + 8, code.length())) + "0000000").substring(0, 8), 2));
        }
        String size = number(32) + number(32);
        String page = number(0) + "\u0030\u0000\u0001" + number(19) + size + number(0) + number(0) + "\u0000\u0000\u0000";
        String region = size + number(0) + number(0) + "\u0000" + "\u0001" + lines;
        String picture = page + number(1) + "\u0026\u0000\u0001" + number(region.length()) + region;
        PdfFile file = new PdfFile();
        file.add("<< /Type /Catalog /Pages 2 0 R >>");
        file.add("<< /Type /Pages /Count 1 /Kids [3 0 R] >>");
        file.add("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Resources << /XObject << /I 5 0 R >> >> /Contents 4 0 R >>");
        file.add("<< /Length 30 >>\nstream\n120 0 0 60 40 40 cm /I Do     \nendstream");
        file.add("<< /Type /XObject /Subtype /Image /Width 32 /Height 32 /ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /JBIG2Decode /Length " + picture.length() + " >>\nstream\n"
                + picture + "\nendstream");
        return file.bytes();
    }

    /** In four bytes. */
    private static String number(int value) {
        return "" + (char) (value >>> 24) + (char) (value >>> 16 & 0xFF) + (char) (value >>> 8 & 0xFF) + (char) (value & 0xFF);
    }

    private void add(String object) {
        objects.add(latin(object));
    }

    private static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private byte[] bytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(latin("%PDF-1.7\n"));
        StringBuilder table = new StringBuilder("xref\n0 " + (objects.size() + 1) + "\n0000000000 65535 f \n");
        for (int i = 0; i < objects.size(); i++) {
            table.append(String.format("%010d 00000 n \n", out.size()));
            out.writeBytes(latin((i + 1) + " 0 obj\n"));
            out.writeBytes(objects.get(i));
            out.writeBytes(latin("\nendobj\n"));
        }
        int start = out.size();
        out.writeBytes(latin(table + "trailer\n<< /Size " + (objects.size() + 1) + " /Root 1 0 R >>\nstartxref\n" + start + "\n%%EOF\n"));
        return out.toByteArray();
    }
}
