package org.terraformer.app.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.terraformer.app.format.PackedFile;
import org.terraformer.ports.progress.ProgressListener;

/** Opens text files in UTF-8, plain or packed by gzip, whatever they are named. */
final class PackedReader {
  private static final int BUFFER = 1 << 16;

  private PackedReader() {}

  /**
   * @param progress hears of the bytes of the file that were read
   * @throws IOException also later, at bytes that are not UTF-8
   */
  static BufferedReader open(Path file, ProgressListener progress) throws IOException {
    PackedFile packed = PackedFile.open(file, "reading text", progress);
    return new BufferedReader(new InputStreamReader(packed.content(), StandardCharsets.UTF_8.newDecoder()
        .onMalformedInput(CodingErrorAction.REPORT).onUnmappableCharacter(CodingErrorAction.REPORT)), BUFFER);
  }
}
