package org.terraformer.app.trax;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;

/** Checkpoint files as trax writes them, of arrays whose elements count up. */
public final class TraxFiles {
  private final List<Array> arrays = new ArrayList<>();
  private float next;

  /**
   * @param type as {@code <f4}
   * @param columnMajor whether the bytes are in column-major order
   */
  private record Array(String type, boolean columnMajor, int[] shape, byte[] bytes) {}

  /** The arrays of a TransformerLM without blocks: vocab_size 5, d_model 4, max_len 3. */
  public static TraxFiles smallModel() {
    return new TraxFiles().add(5, 4).add(1, 3, 4).add(4).add(4).add(4, 5).add(5);
  }

  public TraxFiles add(int... shape) {
    return add("<f4", shape);
  }

  /** Adds an array of type f2, f4, f8, or u2, which is bfloat16. */
  public TraxFiles add(String type, int... shape) {
    int count = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    ByteBuffer bytes = ByteBuffer.allocate(count * (type.charAt(2) - '0')).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++, next++) {
      switch (type) {
        case "<f2" -> bytes.putShort(Float.floatToFloat16(next));
        case "<f4" -> bytes.putFloat(next);
        case "<f8" -> bytes.putDouble(next);
        default -> bytes.putShort((short) (Float.floatToIntBits(next) >>> 16));
      }
    }
    arrays.add(new Array(type, false, shape, bytes.array()));
    return this;
  }

  /** Adds a matrix that lies in column-major order. */
  public TraxFiles addColumnMajor(int rows, int columns) {
    ByteBuffer bytes = ByteBuffer.allocate(rows * columns * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++, next++) {
        bytes.putFloat((column * rows + row) * Float.BYTES, next);
      }
    }
    arrays.add(new Array("<f4", true, new int[] {rows, columns}, bytes.array()));
    return this;
  }

  /** The arrays as {@code .npy} records. */
  public byte[] records() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Array array : arrays) {
      String header = "{'descr': '%s', 'fortran_order': %s, 'shape': (%s,), }\n".formatted(
          array.type, array.columnMajor ? "True" : "False", Arrays.stream(array.shape).mapToObj(Integer::toString).collect(Collectors.joining(", ")));
      out.writeBytes(bytes("\u0093NUMPY\u0001\u0000"));
      out.write(header.length());
      out.write(0);
      out.writeBytes(bytes(header));
      out.writeBytes(array.bytes);
    }
    return out.toByteArray();
  }

  /** A pickle of protocol 2 that says that the arrays are elsewhere. */
  public static byte[] marker(int step) {
    return bytes("\u0080\u0002}(U\u0004stepK%cU\fflat_weightsK\u0002U\u0005slotsNu.".formatted((char) step));
  }

  /** A pickle of protocol 2 that holds the arrays, and an optimiser's slots beside them. */
  public byte[] pickle(int step) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(bytes("\u0080\u0002}(U\u0004stepK%cU\nopt_params}U\rlearning_rateG?\u00f0\u0000\u0000\u0000\u0000\u0000\u0000s"
        .formatted((char) step)));
    out.writeBytes(bytes("U\u0007historyctrax.supervised.history\nHistory\n)\u0081}b"));
    for (String name : List.of("U\u0005slots", "U\fflat_weights")) {
      out.writeBytes(bytes(name + "]("));
      arrays.forEach(array -> write(array, out));
      out.write('e');
    }
    out.writeBytes(bytes("u."));
    return out.toByteArray();
  }

  private static void write(Array array, ByteArrayOutputStream out) {
    out.writeBytes(bytes("cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\u0000\u0085U\u0001b\u0087R(K\u0001("));
    for (int size : array.shape) {
      out.writeBytes(bytes("K" + (char) size));
    }
    out.writeBytes(bytes("tcnumpy\ndtype\nU\u0002" + array.type.substring(1)
        + "K\u0000K\u0001\u0087R(K\u0003U\u0001<NNNJ\u00ff\u00ff\u00ff\u00ffJ\u00ff\u00ff\u00ff\u00ffK\u0000tb"));
    out.writeBytes(bytes(array.columnMajor ? "\u0088" : "\u0089"));
    out.write('B');
    out.writeBytes(ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(array.bytes.length).array());
    out.writeBytes(array.bytes);
    out.writeBytes(bytes("tb"));
  }

  public static Path write(Path file, byte[] content) {
    try {
      return Files.write(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static Path writePacked(Path file, byte[] content) {
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(content);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Characters 0 to 255 as bytes. */
  private static byte[] bytes(String characters) {
    return characters.getBytes(StandardCharsets.ISO_8859_1);
  }
}
