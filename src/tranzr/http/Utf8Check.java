package tranzr.http;

/**
 * Tells at the first byte that cannot be in UTF-8 (RFC 3629, section 4), however the text is cut into pieces: overlong forms, surrogates, and what lies
 * beyond U+10FFFF included. For one thread.
 */
final class Utf8Check {

    /** How many bytes of the character are still to come. */
    private int missing;
    /** What the next of them may be: fewer values after some first bytes. */
    private int least;
    private int most;

    /** Takes a piece of the text. @return whether all of it can be in UTF-8, given what came before */
    boolean accept(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            int b = bytes[i] & 0xff;
            if (missing == 0 ? !first(b) : !following(b)) {
                return false;
            }
        }
        return true;
    }

    /** Whether the text may end here. */
    boolean isComplete() {
        return missing == 0;
    }

    private boolean first(int b) {
        if (b < 0x80) {
            return true;
        }
        least = b == 0xe0 ? 0xa0 : b == 0xf0 ? 0x90 : 0x80;
        most = b == 0xed ? 0x9f : b == 0xf4 ? 0x8f : 0xbf;
        missing = b < 0xc2 || b > 0xf4 ? 0 : b < 0xe0 ? 1 : b < 0xf0 ? 2 : 3;
        return missing > 0;
    }

    private boolean following(int b) {
        boolean fits = b >= least && b <= most;
        least = 0x80;
        most = 0xbf;
        missing--;
        return fits;
    }
}
