package tranzr.security;

import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One block of the textual encoding of RFC 7468.
 *
 * @param label such as {@code CERTIFICATE}
 * @param encrypted in the old way, with header lines of its own (RFC 1421, section 4.6)
 * @param bytes what it holds; empty when encrypted
 */
record Pem(String label, boolean encrypted, byte[] bytes) {

    private static final Pattern BEGIN = Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----[ \\t]*");
    private static final int MAX_BLOCKS = 100;

    /**
     * All blocks; the text around them, in which many tools explain them, does not matter.
     *
     * @throws GeneralSecurityException for a block that does not end or is not Base64; its message follows the file's name
     */
    static List<Pem> read(String text) throws GeneralSecurityException {
        List<Pem> blocks = new ArrayList<>();
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            Matcher begin = BEGIN.matcher(lines.get(i).strip());
            if (!begin.matches()) {
                continue;
            }
            if (blocks.size() == MAX_BLOCKS) {
                throw new GeneralSecurityException("has more than " + MAX_BLOCKS + " PEM blocks");
            }
            String label = begin.group(1);
            StringBuilder content = new StringBuilder();
            boolean encrypted = false;
            for (i++; i < lines.size() && !lines.get(i).strip().equals("-----END " + label + "-----"); i++) {
                String line = lines.get(i).strip();
                encrypted |= line.startsWith("Proc-Type:") && line.endsWith("ENCRYPTED");
                content.append(line);
            }
            if (i == lines.size()) {
                throw new GeneralSecurityException("has a PEM block that does not end: " + label);
            }
            blocks.add(new Pem(label, encrypted, encrypted ? new byte[0] : decoded(label, content.toString())));
        }
        return blocks;
    }

    private static byte[] decoded(String label, String content) throws GeneralSecurityException {
        try {
            return Base64.getDecoder().decode(content);
        } catch (IllegalArgumentException e) {
            throw new GeneralSecurityException("has a PEM block that is not Base64: " + label, e);
        }
    }

    static String write(String label, byte[] bytes) {
        return "-----BEGIN " + label + "-----\n" + Base64.getMimeEncoder(64, new byte[] { '\n' }).encodeToString(bytes)
                + "\n-----END " + label + "-----\n";
    }
}
