package org.terraformer.app.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.terraformer.app.format.Reason;
import org.terraformer.ports.failure.InvalidInputException;

/** What tells the contents of a file from others: SHA-256. */
public final class FileDigest {
  private static final int PIECE = 1 << 16;

  private FileDigest() {}

  /**
   * The digest of a file's contents, in hexadecimal digits.
   *
   * @throws InvalidInputException if the file can't be read
   */
  public static String of(Path file) {
    try {
      MessageDigest digest = sha256();
      update(digest, file);
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw new InvalidInputException("The file %s can't be read: %s.".formatted(file, Reason.of(e)), e);
    }
  }

  static void update(MessageDigest digest, Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] buffer = new byte[PIECE];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        digest.update(buffer, 0, count);
      }
    }
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
