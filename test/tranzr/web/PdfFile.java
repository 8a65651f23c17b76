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
