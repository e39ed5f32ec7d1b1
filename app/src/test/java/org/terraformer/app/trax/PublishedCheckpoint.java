package org.terraformer.app.trax;

import java.io.BufferedOutputStream;
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
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/**
 * A random checkpoint in trax's format with the configuration of the Terraformers that were published: the arrays in the order of trax's tree,
 * bfloat16 as {@code <u2}, one {@code .npy} record after another in a {@code .weights.npy.gz}, and a pickle that says so.
 *
 * @param vocabulary ids of the subword vocabulary
 * @param width d_model, a multiple of the heads and modules (16) and of 64
 * @param hidden d_ff, a multiple of 64
 * @param blocks of the encoder, and of the decoder
 */
public record PublishedCheckpoint(int vocabulary, int width, int hidden, int blocks, int maxLength) {
  private static final int PARTS = 16;
  private static final int BLOCK = 64;
  private static final int POSITION_FEATURES = 64;
  private static final int RECURRENT = 32;
  private static final int LOGIT_MODULES = 4;

  /** The gin file beside it. */
  public String gin() {
    return """
        MultiplicativeConvCausalAttention.sparsity = %1$d
        MultiplicativeConvCausalAttention.length_kernel_size = 3
        PositionalEncoding.d_feature = %2$d
        train.model = @trax.models.ConfigurableTerraformer
        train.optimizer = @trax.optimizers.Adafactor
        ConfigurableTerraformer.d_model = %3$d
        ConfigurableTerraformer.d_ff = %4$d
        ConfigurableTerraformer.dropout = 0.1
        ConfigurableTerraformer.encoder_attention_type = @trax.layers.Attention
        ConfigurableTerraformer.encoder_decoder_attention_type = @trax.layers.MultiplicativeConvCausalAttention
        ConfigurableTerraformer.ff_chunk_size = 512
        ConfigurableTerraformer.ff_sparsity = %5$d
        ConfigurableTerraformer.ff_use_sru = (1, %6$d)
        ConfigurableTerraformer.input_vocab_size = %7$d
        ConfigurableTerraformer.loss_sparsity = %8$d
        ConfigurableTerraformer.max_len = %9$d
        ConfigurableTerraformer.n_decoder_layers = %10$d
        ConfigurableTerraformer.n_encoder_layers = %10$d
        ConfigurableTerraformer.n_heads = %1$d
        ConfigurableTerraformer.pos_type = None
        ConfigurableTerraformer.reversible_encoder = True
        ConfigurableTerraformer.use_two_swaps_per_encoder_block = True
        """.formatted(PARTS, POSITION_FEATURES, width, hidden, BLOCK, RECURRENT, vocabulary, LOGIT_MODULES, maxLength, blocks);
  }

  /** The shapes of the arrays in the order of trax's tree. */
  public List<int[]> shapes() {
    List<int[]> shapes = new ArrayList<>();
    add(shapes, vocabulary, width);
    for (int positions = 0; positions < 2; positions++) {
      add(shapes, 1, maxLength, POSITION_FEATURES);
      add(shapes, POSITION_FEATURES, width);
    }
    for (int block = 0; block < blocks; block++) {
      norm(shapes);
      for (int projection = 0; projection < 4; projection++) {
        dense(shapes, width, width);
      }
      feedForward(shapes);
    }
    int size = width / PARTS;
    for (int block = 0; block < blocks; block++) {
      for (int layer = 0; layer < 2; layer++) {
        norm(shapes);
        add(shapes, PARTS, width);
        add(shapes, width, size);
        add(shapes, width);
        for (int kernel : new int[] {3, 3, 1}) {
          add(shapes, 3, kernel, size, size);
          add(shapes, size);
        }
      }
      feedForward(shapes);
    }
    norm(shapes);
    add(shapes, LOGIT_MODULES, width);
    add(shapes, width, vocabulary / LOGIT_MODULES);
    add(shapes, vocabulary);
    return shapes;
  }

  private void feedForward(List<int[]> shapes) {
    int choices = hidden / BLOCK;
    norm(shapes);
    add(shapes, width, choices);
    add(shapes, choices, choices, BLOCK);
    add(shapes, choices, BLOCK);
    add(shapes, width, choices, BLOCK);
    add(shapes, BLOCK, choices, width);
    add(shapes, width);
    norm(shapes);
    dense(shapes, width, RECURRENT);
    dense(shapes, RECURRENT, 3 * RECURRENT);
    dense(shapes, RECURRENT, width);
  }

  private void norm(List<int[]> shapes) {
    add(shapes, width);
    add(shapes, width);
  }

  private static void dense(List<int[]> shapes, int inputs, int outputs) {
    add(shapes, inputs, outputs);
    add(shapes, outputs);
  }

  private static void add(List<int[]> shapes, int... shape) {
    shapes.add(shape);
  }

  /** Writes {@code model.pkl.gz}, {@code model.weights.npy.gz} and {@code config.gin}. */
  public void write(Path folder) {
    TraxFiles.writePacked(folder.resolve("model.pkl.gz"), TraxFiles.marker(7));
    SplittableRandom random = new SplittableRandom(1);
    try (OutputStream out = new BufferedOutputStream(new Stored(Files.newOutputStream(folder.resolve("model.weights.npy.gz"))), 1 << 16)) {
      Files.writeString(folder.resolve("config.gin"), gin());
      for (int[] shape : shapes()) {
        writeArray(out, shape, random);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A gzip file of level 0, as trax's trainer for large models writes it. */
  private static final class Stored extends GZIPOutputStream {
    private Stored(OutputStream out) throws IOException {
      super(out, 1 << 16);
      def.setLevel(Deflater.NO_COMPRESSION);
    }
  }

  private static void writeArray(OutputStream out, int[] shape, SplittableRandom random) throws IOException {
    String header = "{'descr': '<u2', 'fortran_order': False, 'shape': (%s,), }\n".formatted(
        Arrays.stream(shape).mapToObj(Integer::toString).collect(Collectors.joining(", ")));
    out.write("\u0093NUMPY\u0001\u0000".getBytes(StandardCharsets.ISO_8859_1));
    out.write(new byte[] {(byte) header.length(), 0});
    out.write(header.getBytes(StandardCharsets.ISO_8859_1));
    int count = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    ByteBuffer piece = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      if (!piece.hasRemaining()) {
        out.write(piece.array());
        piece.clear();
      }
      float value = (random.nextInt(17) - 8) / (shape.length == 1 ? 64f : 256f);
      piece.putShort((short) (Float.floatToIntBits(value) >>> 16));
    }
    out.write(piece.array(), 0, piece.position());
  }

  /**
   * Writes the configuration of the medium Terraformer (d_model 1024, d_ff 6144, 24 + 24 blocks).
   *
   * @param arguments the folder
   */
  public static void main(String[] arguments) {
    new PublishedCheckpoint(16_384, 1024, 6144, 24, 32_768).write(Path.of(arguments[0]));
  }
}
