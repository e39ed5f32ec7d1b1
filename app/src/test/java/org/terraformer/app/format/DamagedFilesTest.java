package org.terraformer.app.format;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.StatisticsReport;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.model.BuiltInLayerTypes;
import org.terraformer.domain.model.TransformerLm;
import org.terraformer.ports.failure.InvalidInputException;

/** Ten thousand damaged files of each kind: read, or refused with a sentence. */
class DamagedFilesTest {
  private static final LayerTypes LAYER_TYPES = new LayerTypes(BuiltInLayerTypes.all());

  @Provide
  Arbitrary<DamagedFile> safetensorsFiles() throws IOException {
    return DamagedFile.of(golden("b_dense_nobias.safetensors"), golden("b_padding_mask.safetensors"), quantised());
  }

  @Property(tries = Hardiness.FILES, seed = "1")
  @StatisticsReport(onFailureOnly = true)
  void safetensors(@ForAll("safetensorsFiles") DamagedFile file) throws Exception {
    Hardiness.check(bytes -> SafetensorsFile.parse("file", MemorySegment.ofArray(bytes)), file);
  }

  @Provide
  Arbitrary<DamagedFile> records() throws IOException {
    byte[] records = unzipped("checkpoints/lm_adam/model.weights.npy.gz");
    return DamagedFile.of(Arrays.copyOf(records, 4096), Arrays.copyOf(records, 128 + 40 * 16 * 4), Arrays.copyOf(records, 150));
  }

  @Property(tries = Hardiness.FILES, seed = "2")
  @StatisticsReport(onFailureOnly = true)
  void npyRecords(@ForAll("records") DamagedFile file) throws Exception {
    Hardiness.check(bytes -> {
      NpyReader checked = new NpyReader("file", new ByteArrayInputStream(bytes));
      while (checked.skip() != null) {
        continue;
      }
      try (Arena arena = Arena.ofConfined()) {
        NpyReader reader = new NpyReader("file", new ByteArrayInputStream(bytes));
        while (reader.next(arena) != null) {
          continue;
        }
      }
    }, file);
  }

  @Provide
  Arbitrary<DamagedFile> pickleFiles() throws IOException {
    return DamagedFile.of(unzipped("checkpoints/lm_adam/model.pkl.gz"),
        unzipped("checkpoints/terraformer_adafactor/model.pkl.gz"));
  }

  @Property(tries = Hardiness.FILES, seed = "3")
  @StatisticsReport(onFailureOnly = true)
  void pickles(@ForAll("pickleFiles") DamagedFile file) throws Exception {
    Hardiness.check(bytes -> PickleReader.read("file", bytes), file);
  }

  @Provide
  Arbitrary<DamagedFile> configFiles() throws IOException {
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
    return DamagedFile.of(config, sparse);
  }

  @Property(tries = Hardiness.FILES, seed = "4")
  @StatisticsReport(onFailureOnly = true)
  void configurations(@ForAll("configFiles") DamagedFile file) throws Exception {
    Hardiness.check(bytes -> TransformerLm.record(ModelFolder.parse("file", bytes), LAYER_TYPES), file);
  }

  @Provide
  Arbitrary<DamagedFile> indexFiles() {
    return DamagedFile.of("""
        {"metadata":{"total_size":1000}, "weight_map":{"a":"model-00001-of-00002.safetensors",
         "b":"model-00001-of-00002.safetensors", "c":"model-00002-of-00002.safetensors"}}""".getBytes(StandardCharsets.UTF_8));
  }

  @Property(tries = Hardiness.FILES, seed = "5")
  @StatisticsReport(onFailureOnly = true)
  void indexesOfShards(@ForAll("indexFiles") DamagedFile file) throws Exception {
    Hardiness.check(bytes -> SafetensorsIndex.parse("file", bytes), file);
  }

  /** A file with a Q8 tensor, which is two planes, and one of halves. */
  private static byte[] quantised() {
    String header = """
        {"a":{"dtype":"I8","shape":[2,40],"data_offsets":[0,80]},
         "a.q8_scale":{"dtype":"BF16","shape":[2,2],"data_offsets":[80,88]},
         "b":{"dtype":"F16","shape":[3],"data_offsets":[88,94]}}""";
    byte[] file = new byte[8 + header.length() + 94];
    file[0] = (byte) header.length();
    System.arraycopy(header.getBytes(StandardCharsets.US_ASCII), 0, file, 8, header.length());
    return file;
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
