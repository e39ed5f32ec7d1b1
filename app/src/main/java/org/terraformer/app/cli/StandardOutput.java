package org.terraformer.app.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
import java.util.Optional;

/** Remembers why writing failed, which print writers forget. */
final class StandardOutput extends FilterOutputStream {
  private IOException failure;

  StandardOutput(OutputStream out) {
    super(out);
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      out.write(bytes, offset, length);
    } catch (IOException e) {
      failure = e;
      throw e;
    }
  }

  /** Why writing failed, unless whoever was reading has just had enough. */
  Optional<String> failure() {
    return Optional.ofNullable(failure).map(IOException::getMessage)
        .filter(message -> !message.toLowerCase(Locale.ROOT).contains("pipe"));
  }
}
