package org.terraformer.app.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SampleLogTest {
  @TempDir
  private Path folder;

  private Path file;
  private SampleLog log;

  @BeforeEach
  void addTwo() {
    file = folder.resolve("samples.txt");
    log = new SampleLog(file);
    log.add(4, "a\n\nstep 9: no sample");
    log.add(8, "b");
  }

  @Test
  void textsOfLaterStepsAreLeftOut() {
    log.goBackTo(8);
    assertThat(file).hasContent("step 4: a\n  \n  step 9: no sample\n\nstep 8: b\n\n");
    log.goBackTo(4);
    assertThat(file).hasContent("step 4: a\n  \n  step 9: no sample\n\n");
    log.goBackTo(0);
    assertThat(file).isEmptyFile();
  }

  @Test
  void soIsWhatWasNotWrittenToItsEnd() throws IOException {
    Files.writeString(file, "step 1", StandardOpenOption.APPEND);
    log.goBackTo(8);
    assertThat(file).content().endsWith("step 8: b\n\n");
  }

  @Test
  void alsoWhereThatIsHalfOfACharacter() throws IOException {
    byte[] letter = "ä".getBytes(StandardCharsets.UTF_8);
    Files.write(file, new byte[] {'s', letter[0]}, StandardOpenOption.APPEND);
    log.goBackTo(8);
    assertThat(file).content().endsWith("step 8: b\n\n");
  }

  @Test
  void aTextThatIsNoUnicodeEndsNoTraining() {
    log.add(12, "\ud800x");
    assertThat(file).content().endsWith("step 12: ?x\n\n");
  }

  @Test
  void whereThereAreNoneNothingIsWritten() throws IOException {
    Files.delete(file);
    log.goBackTo(0);
    assertThat(file).doesNotExist();
  }
}
