package org.terraformer.app.data;

import java.nio.file.Path;
import java.util.List;
import org.terraformer.app.text.BytePairTraining;
import org.terraformer.ports.progress.ProgressListener;

/**
 * A tokenizer that was made of texts.
 *
 * @param ids the size of its vocabulary
 * @param distinctWords that it was learnt from
 */
public record TokenizerTraining(int ids, int distinctWords) {

  /**
   * Learns a byte-level BPE of all texts of the files.
   *
   * @param out the {@code tokenizer.json} to write
   * @throws org.terraformer.ports.failure.InvalidInputException if a text can't be read or the file not be written
   */
  public static TokenizerTraining run(List<TextFile> texts, int vocabularySize, Path out, ProgressListener progress) {
    BytePairTraining training = new BytePairTraining();
    for (TextFile text : texts) {
      text.read(new TextFile.Sink() {
        @Override
        public void piece(String piece) {
          training.add(piece);
        }

        @Override
        public void endOfText() {
          // Words end where pieces do.
        }
      }, progress);
    }
    return new TokenizerTraining(training.write(out, vocabularySize, progress), training.distinctWords());
  }
}
