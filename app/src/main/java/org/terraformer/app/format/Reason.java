package org.terraformer.app.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Why reading or writing failed, in words that fit the end of a sentence which names the file. */
public final class Reason {
  private Reason() {}

  /** What is wrong with a JSON text, without the parser's words on where it came from and how to make the parser lenient. */
  public static String of(JsonProcessingException e) {
    return String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("")
        .replaceAll(" ?\\(start marker at \\[.*\\]\\)", "").replaceAll(": enable `.*", "");
  }

  /** The reason without the file's name, which many exceptions give in place of a message. */
  public static String of(IOException e) {
    return switch (e) {
      case AccessDeniedException denied -> "permission denied";
      case NoSuchFileException missing -> "there is no " + missing.getFile();
      case FileAlreadyExistsException existing -> existing.getFile() + " is in the way";
      case NotDirectoryException file -> file.getFile() + " is not a folder";
      case DirectoryNotEmptyException folder -> folder.getFile() + " is a folder that is not empty";
      case FileSystemException other when other.getReason() != null -> other.getReason();
      case JsonProcessingException json -> of(json);
      case CharacterCodingException coding -> "it is not UTF-8";
      default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    };
  }
}
