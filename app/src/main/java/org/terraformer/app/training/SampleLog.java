package org.terraformer.app.training;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.terraformer.app.format.Reason;
import org.terraformer.app.format.ReplacedFile;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * The texts that were generated while a model was trained, each behind the step that it is of, and with an empty line behind it.
 * Lines of a text but its first are indented, so that none looks as if another text began there.
 */
final class SampleLog {
  private static final Pattern BEGIN = Pattern.compile("^step (\\d+): ", Pattern.MULTILINE | Pattern.UNIX_LINES);
  private static final String INDENT = "  ";

  private final Path file;

  SampleLog(Path file) {
    this.file = file;
  }

  /** Adds a text; what UTF-8 can't say becomes a question mark, since no sample is worth ending a training for. */
  void add(long step, String text) {
    try {
      Files.write(file, bytes("step %d: %s\n\n".formatted(step, text.replace("\n", "\n" + INDENT))), StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Leaves out the texts of steps after this one, which will be done again, and a line that was not ended, be it within a character. */
  void goBackTo(long step) {
    if (!Files.exists(file)) {
      return;
    }
    try {
      String all = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      String kept = all.substring(0, endOf(step, all));
      if (!kept.equals(all)) {
        ReplacedFile.write(file, partial -> Files.write(partial, bytes(kept)));
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private static int endOf(long step, String all) {
    Matcher begin = BEGIN.matcher(all);
    while (begin.find()) {
      if (Long.parseLong(begin.group(1)) > step) {
        return begin.start();
      }
    }
    return all.lastIndexOf('\n') + 1;
  }

  private InvalidInputException failed(IOException e) {
    return new InvalidInputException("The samples %s can't be used: %s.".formatted(file, Reason.of(e)), e);
  }
}
