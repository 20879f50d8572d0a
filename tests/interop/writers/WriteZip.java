import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** WriteZip stored|deflated ARCHIVE FOLDER: packs the files and folders beneath FOLDER. */
public final class WriteZip {
    public static void main(String[] arguments) throws IOException {
        boolean stored = arguments[0].equals("stored");
        Path root = Path.of(arguments[2]);
        List<Path> found;
        try (Stream<Path> walk = Files.walk(root)) {
            found = walk.filter(path -> !path.equals(root)).sorted().collect(Collectors.toList());
        }
        try (ZipOutputStream zip = new ZipOutputStream(new FileOutputStream(arguments[1]))) {
            for (Path path : found) {
                add(zip, root, path, stored);
            }
        }
    }

    private static void add(ZipOutputStream zip, Path root, Path path, boolean stored) throws IOException {
        boolean folder = Files.isDirectory(path);
        ZipEntry entry = new ZipEntry(root.relativize(path) + (folder ? "/" : ""));
        entry.setLastModifiedTime(Files.getLastModifiedTime(path));
        byte[] bytes = folder ? new byte[0] : Files.readAllBytes(path);
        if (stored) {
            CRC32 crc = new CRC32();
            crc.update(bytes);
            entry.setMethod(ZipEntry.STORED);
            entry.setSize(bytes.length);
            entry.setCrc(crc.getValue());
        }
        zip.putNextEntry(entry);
        zip.write(bytes);
        zip.closeEntry();
    }
}
