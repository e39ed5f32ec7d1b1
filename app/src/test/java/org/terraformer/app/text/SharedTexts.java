package org.terraformer.app.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipInputStream;

/** The beginnings of the texts in the folder of {@code -Dshared.dir}; one that is not there is a failure. */
final class SharedTexts {
  private static final String[] NAMES = {"wikitext2/wiki.valid.raw.gz", "shakespeare/input.txt.gz", "novels/valid.txt.gz",
      "lambada/lambada_test.jsonl.gz", "papers/valid.jsonl.gz", "glue/SST-2/dev.tsv.gz",
      "glue/RTE/dev.tsv.gz", "blimp/BLiMP.zip"};

  private SharedTexts() {}

  static Path vocabulary(String name) {
    String shared = System.getProperty("shared.dir", "");
    assumeThat(shared).as("-Dshared.dir").isNotBlank();
    return Path.of(shared, "data/vocab", name);
  }

  /** At most so many bytes of each text, by its name. */
  static Map<String, String> beginnings(int most) throws IOException {
    Path data = vocabulary("").getParent();
    Map<String, String> texts = new LinkedHashMap<>();
    for (String name : NAMES) {
      assertThat(data.resolve(name)).as("a file of the shared data").exists();
      try (InputStream file = Files.newInputStream(data.resolve(name)); InputStream in = opened(name, file)) {
        String text = new String(in.readNBytes(most), StandardCharsets.UTF_8);
        texts.put(name, text.endsWith("\uFFFD") ? text.substring(0, text.indexOf('\uFFFD')) : text);
      }
      assertThat(texts.get(name)).as(name).hasSizeGreaterThan(most / 4);
    }
    return texts;
  }

  private static InputStream opened(String name, InputStream file) throws IOException {
    if (name.endsWith(".gz")) {
      return new GZIPInputStream(file);
    }
    ZipInputStream zip = new ZipInputStream(file);
    for (var entry = zip.getNextEntry(); entry != null && !entry.getName().endsWith(".jsonl"); entry = zip.getNextEntry()) {
      continue;
    }
    return zip;
  }
}
