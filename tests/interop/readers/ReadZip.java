import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Enumeration;
import java.util.HexFormat;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;

/** ReadZip stream|file ARCHIVE: reads every entry to its end and prints `crc size name-in-hex` for each. */
public final class ReadZip {
    private static final byte[] BUFFER = new byte[1 << 20];

    public static void main(String[] arguments) throws IOException {
        PrintStream out = new PrintStream(new BufferedOutputStream(System.out, 1 << 16), false, "UTF-8");
        if (arguments[0].equals("stream")) {
            readStream(arguments[1], out);
        } else {
            readFile(arguments[1], out);
        }
        out.flush();
    }

    private static void readStream(String path, PrintStream out) throws IOException {
        try (ZipInputStream zip = new ZipInputStream(new BufferedInputStream(new FileInputStream(path), 1 << 16))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                print(entry, zip, out);
            }
        }
    }

    private static void readFile(String path, PrintStream out) throws IOException {
        try (ZipFile zip = new ZipFile(path)) {
            for (Enumeration<? extends ZipEntry> all = zip.entries(); all.hasMoreElements();) {
                ZipEntry entry = all.nextElement();
                try (InputStream in = zip.getInputStream(entry)) {
                    print(entry, in, out);
                }
            }
        }
    }

    private static void print(ZipEntry entry, InputStream in, PrintStream out) throws IOException {
        CRC32 crc = new CRC32();
        long size = 0;
        for (int count = in.read(BUFFER); count > 0; count = in.read(BUFFER)) {
            crc.update(BUFFER, 0, count);
            size += count;
        }
        if (entry.getCrc() != -1 && entry.getCrc() != crc.getValue()) {
            throw new IOException(entry.getName() + ": the CRC-32 is wrong");
        }
        String name = HexFormat.of().formatHex(entry.getName().getBytes(StandardCharsets.UTF_8));
        out.println(String.format("%08x %d %s", crc.getValue(), size, name));
    }
}
