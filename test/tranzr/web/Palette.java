package tranzr.web;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;

/** Makes pictures of pages small: they have few colours that matter. */
final class Palette {

    private static final int COLOURS = 64;
    private static final int BITS = 6;

    private Palette() {
    }

    /** Replaces each colour by the nearest of the most frequent ones. @param file a PNG, which is replaced */
    static void reduce(Path file) throws IOException {
        BufferedImage picture = ImageIO.read(file.toFile());
        Map<Integer, Integer> counts = new HashMap<>();
        for (int y = 0; y < picture.getHeight(); y++) {
            for (int x = 0; x < picture.getWidth(); x++) {
                counts.merge(picture.getRGB(x, y) & 0xffffff, 1, Integer::sum);
            }
        }
        List<Integer> kept = counts.entrySet().stream().sorted(Map.Entry.<Integer, Integer>comparingByValue(Comparator.reverseOrder())).limit(COLOURS).map(Map.Entry::getKey).toList();
        int[] colours = kept.stream().mapToInt(Integer::intValue).toArray();
        IndexColorModel model = new IndexColorModel(BITS, colours.length, colours, 0, false, -1, java.awt.image.DataBuffer.TYPE_BYTE);
        BufferedImage reduced = new BufferedImage(picture.getWidth(), picture.getHeight(), BufferedImage.TYPE_BYTE_INDEXED, model);
        Map<Integer, Integer> nearest = new HashMap<>();
        for (int y = 0; y < picture.getHeight(); y++) {
            for (int x = 0; x < picture.getWidth(); x++) {
                int index = nearest.computeIfAbsent(picture.getRGB(x, y) & 0xffffff, colour -> nearest(colour, colours));
                reduced.getRaster().setSample(x, y, 0, index);
            }
        }
        ImageIO.write(reduced, "png", file.toFile());
    }

    private static int nearest(int colour, int[] colours) {
        int best = 0;
        for (int i = 1; i < colours.length; i++) {
            if (distance(colour, colours[i]) < distance(colour, colours[best])) {
                best = i;
            }
        }
        return best;
    }

    private static int distance(int one, int other) {
        int red = (one >> 16 & 255) - (other >> 16 & 255);
        int green = (one >> 8 & 255) - (other >> 8 & 255);
        int blue = (one & 255) - (other & 255);
        return red * red + green * green + blue * blue;
    }
}
