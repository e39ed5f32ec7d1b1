package org.terraformer.app.text;

import ai.djl.sentencepiece.jni.SentencePieceLibrary;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.terraformer.app.text.SentencePieceModel.Kind;
import org.terraformer.app.text.SentencePieceModel.Piece;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.text.Tokenizer;

/**
 * A SentencePiece vocabulary, {@code spiece.model} or {@code tokenizer.model}. Texts are split by the SentencePiece library
 * itself; ids are joined here, since the library's Java binding can't return characters beyond U+FFFF or zeros: {@code ▁} is a
 * space, which is left out at the beginning of the text; byte pieces are UTF-8; control pieces are no text.
 */
public final class SentencePieceTokenizer implements Tokenizer {
  private static final char SPACE = '\u2581';

  private final String file;
  private final SentencePieceModel model;
  private long handle;

  private SentencePieceTokenizer(String file, SentencePieceModel model, long handle) {
    this.file = file;
    this.model = model;
    this.handle = handle;
  }

  /**
   * Reads a vocabulary.
   *
   * @throws InvalidInputException naming the file and what is wrong with it
   */
  public static SentencePieceTokenizer read(Path file) {
    return parse(file.toString(), VocabularyFile.bytes(file));
  }

  static SentencePieceTokenizer parse(String file, byte[] bytes) {
    SentencePieceModel model = SentencePieceModel.parse(file, bytes);
    NativeLibrary.SENTENCE_PIECE.load();
    SentencePieceTokenizer tokenizer =
        new SentencePieceTokenizer(file, model, SentencePieceLibrary.LIB.createSentencePieceProcessor());
    try {
      SentencePieceLibrary.LIB.loadModelFromBytes(tokenizer.handle, bytes);
      return tokenizer;
    } catch (RuntimeException e) {
      tokenizer.close();
      throw new InvalidInputException("%s is no SentencePiece vocabulary: %s.".formatted(file,
          String.valueOf(e.getMessage()).lines().findFirst().orElse("").replaceFirst("\\.$", "")), e);
    }
  }

  @Override
  public int vocabularySize() {
    return model.pieces().size();
  }

  @Override
  public synchronized int[] encode(String text) {
    if (handle == 0) {
      throw new IllegalStateException("the tokenizer is closed");
    }
    try {
      return SentencePieceLibrary.LIB.encode(handle, new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
    } catch (RuntimeException e) {
      throw new InvalidInputException("The tokenizer in %s can't encode the text: %s.".formatted(file, e.getMessage()), e);
    }
  }

  @Override
  public String decode(int[] ids) {
    StringBuilder text = new StringBuilder();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    boolean spaceLeftOut = false;
    for (int id : ids) {
      if (id < 0 || id >= vocabularySize()) {
        continue;
      }
      Piece piece = model.pieces().get(id);
      if (piece.kind() == Kind.BYTE) {
        bytes.write(Integer.parseInt(piece.text(), 3, 5, 16));
        continue;
      }
      text.append(bytes.toString(StandardCharsets.UTF_8));
      bytes.reset();
      String words = switch (piece.kind()) {
        case CONTROL -> "";
        case UNKNOWN -> model.unknownText();
        default -> piece.text().replace(SPACE, ' ');
      };
      boolean atBeginning = text.isEmpty() && !spaceLeftOut && piece.kind() != Kind.UNKNOWN;
      boolean leaveOut = atBeginning && words.startsWith(" ") && (model.addsSpace() || model.removesSpaces());
      spaceLeftOut |= leaveOut && !model.removesSpaces();
      text.append(leaveOut ? words.substring(1) : words);
    }
    return text.append(bytes.toString(StandardCharsets.UTF_8)).toString();
  }

  @Override
  public OptionalInt endId() {
    for (int id = 0; id < vocabularySize(); id++) {
      if (model.pieces().get(id).kind() == Kind.CONTROL && model.pieces().get(id).text().equals(model.endName())) {
        return OptionalInt.of(id);
      }
    }
    return OptionalInt.empty();
  }

  @Override
  public synchronized void close() {
    if (handle != 0) {
      SentencePieceLibrary.LIB.deleteSentencePieceProcessor(handle);
      handle = 0;
    }
  }
}
