package org.terraformer.app.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.terraformer.ports.failure.InvalidInputException;

/** Ten thousand damaged files of each kind: read, or refused with a sentence. */
@Timeout(120)
class DamagedFilesTest {

  @Test
  void safetensors() throws Exception {
    assertThat(Mutations.refused(1, bytes -> SafetensorsFile.parse("file", MemorySegment.ofArray(bytes)),
        golden("b_dense_nobias.safetensors"), golden("b_padding_mask.safetensors"))).isPositive();
  }

  @Test
  void npyRecords() throws Exception {
    byte[] records = unzipped("checkpoints/lm_adam/model.weights.npy.gz");
    assertThat(Mutations.refused(2, bytes -> {
      try (Arena arena = Arena.ofConfined()) {
        NpyReader reader = new NpyReader("file", new ByteArrayInputStream(bytes));
        while (reader.next(arena) != null) {
          continue;
        }
      }
    }, java.util.Arrays.copyOf(records, 4096), java.util.Arrays.copyOf(records, 128 + 40 * 16 * 4))).isPositive();
  }

  @Test
  void pickles() throws Exception {
    assertThat(Mutations.refused(3, bytes -> PickleReader.read("file", bytes), unzipped("checkpoints/lm_adam/model.pkl.gz"),
        unzipped("checkpoints/terraformer_adafactor/model.pkl.gz"))).isPositive();
  }

  @Test
  void configurations() throws Exception {
    byte[] config;
    try (InputStream in = InvalidInputException.class.getClassLoader()
        .getResourceAsStream("org/terraformer/app/embedded/default-model/config.json")) {
      config = in.readAllBytes();
    }
    byte[] sparse = """
        {"model_type":"transformer_lm","vocabulary_size":32,"width":16,"blocks":2,"max_length":9,
         "positions":{"type":"axial","shape":[3,3],"widths":[8,8]},
         "attention":[{"type":"sparse_qkv","heads":4,"modules":4,"kernel_length":3},{"type":"dense","heads":2}],
         "feed_forward":{"type":"sparse","hidden_size":32,"block_size":4,"low_rank":3},
         "logits":{"type":"multiplicative","modules":4},"end_id":1}""".getBytes(StandardCharsets.UTF_8);
    assertThat(Mutations.refused(4, bytes -> org.terraformer.domain.model.TransformerLm.record(ModelFolder.parse("file", bytes),
        new org.terraformer.domain.layer.LayerTypes(org.terraformer.domain.model.BuiltInLayerTypes.all())), config, sparse)).isPositive();
  }

  private static byte[] unzipped(String name) throws IOException {
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(golden(name)))) {
      return in.readAllBytes();
    }
  }

  private static byte[] golden(String name) throws IOException {
    try (ZipInputStream zip = new ZipInputStream(DamagedFilesTest.class.getResourceAsStream("/golden.zip"))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        if (entry.getName().equals(name)) {
          return zip.readAllBytes();
        }
      }
    }
    throw new IOException(name);
  }
}
