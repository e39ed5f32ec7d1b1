package org.terraformer.app.text;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * What a SentencePiece {@code .model} holds. Everything that the native reader would take on trust, and end the program over, is
 * checked.
 *
 * @param pieces by id
 * @param unknownText what an unknown piece is written as
 * @param endName the name of the control piece that ends a text
 * @param addsSpace whether a space is put before a text
 * @param removesSpaces whether spaces at the ends, and more than one, are removed from a text
 */
record SentencePieceModel(List<Piece> pieces, String unknownText, String endName, boolean addsSpace, boolean removesSpaces) {
  private static final int LARGEST_ALGORITHM = 4;

  /** The kinds of pieces, in the order of their numbers in the file, from 1. */
  enum Kind { NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE }

  record Piece(String text, float score, Kind kind) {}

  /**
   * Reads and checks a vocabulary.
   *
   * @throws InvalidInputException naming the file and what is wrong with it
   */
  static SentencePieceModel parse(String file, byte[] bytes) {
    List<Piece> pieces = new ArrayList<>();
    Training training = new Training();
    Normalisation normalisation = new Normalisation();
    Set<Integer> seen = new HashSet<>();
    ProtobufFields fields = new ProtobufFields(file, ByteBuffer.wrap(bytes));
    while (fields.next()) {
      if (fields.number() != 1 && !seen.add(fields.number())) {
        throw InvalidInputException.of("%s has the field %d more than once.", file, fields.number());
      }
      switch (fields.number()) {
        case 1 -> pieces.add(piece(file, pieces.size(), fields.bytes()));
        case 2 -> training.read(file, fields.bytes());
        case 3 -> normalisation.read(file, fields.bytes());
        case 4 -> fields.bytes();
        default -> throw InvalidInputException.of(
            "%s has the field %d but only pieces, training, normalisation and samples, 1 to 4, are known.",
            file, fields.number());
      }
    }
    checkKinds(file, pieces, training.usesBytes);
    return new SentencePieceModel(List.copyOf(pieces), training.unknownText, training.endName, normalisation.addsSpace,
        normalisation.removesSpaces);
  }

  private static Piece piece(String file, int id, ByteBuffer message) {
    String text = "";
    float score = 0;
    int kind = 1;
    ProtobufFields fields = new ProtobufFields(file, message);
    while (fields.next()) {
      switch (fields.number()) {
        case 1 -> text = fields.text();
        case 2 -> score = fields.real();
        case 3 -> kind = fields.wholeNumber();
        default -> fields.number();
      }
    }
    if (text.isEmpty() || text.indexOf('\0') >= 0) {
      throw InvalidInputException.of("Piece %d of %s is empty or has a zero in it.", id, file);
    }
    if (!Float.isFinite(score)) {
      throw InvalidInputException.of("Piece %d of %s has the score %s but it must be finite.", id, file, score);
    }
    if (kind < 1 || kind > Kind.values().length) {
      throw InvalidInputException.of("Piece %d of %s is of kind %d but must be of 1 to %d.",
          id, file, kind, Kind.values().length);
    }
    return new Piece(text, score, Kind.values()[kind - 1]);
  }

  private static void checkKinds(String file, List<Piece> pieces, boolean usesBytes) {
    Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
    Set<String> texts = new HashSet<>();
    for (Piece piece : pieces) {
      counts.merge(piece.kind(), 1, Integer::sum);
      if (!texts.add(piece.text())) {
        throw InvalidInputException.of("%s has the piece %s more than once.", file, VocabularyFile.quoted(piece.text()));
      }
      if (piece.kind() == Kind.BYTE && !piece.text().matches("<0x[0-9A-F]{2}>")) {
        throw InvalidInputException.of("%s has the byte piece %s but it must be like <0x0A>.", file,
            VocabularyFile.quoted(piece.text()));
      }
    }
    int unknown = counts.getOrDefault(Kind.UNKNOWN, 0);
    if (unknown != 1 || !counts.containsKey(Kind.NORMAL)) {
      throw InvalidInputException.of("%s has %d unknown pieces and %d normal ones but must have 1 and at least 1.",
          file, unknown, counts.getOrDefault(Kind.NORMAL, 0));
    }
    int bytePieces = counts.getOrDefault(Kind.BYTE, 0);
    if (bytePieces != (usesBytes ? 256 : 0)) {
      throw InvalidInputException.of("%s has %d byte pieces but must have %d.", file, bytePieces, usesBytes ? 256 : 0);
    }
  }

  /** The part of a vocabulary that says how it was made. */
  private static final class Training {
    private String unknownText = " \u2047 ";
    private String endName = "</s>";
    private boolean usesBytes;

    private void read(String file, ByteBuffer message) {
      ProtobufFields fields = new ProtobufFields(file, message);
      while (fields.next()) {
        switch (fields.number()) {
          case 3 -> checkAlgorithm(file, fields.wholeNumber());
          case 35 -> usesBytes = fields.wholeNumber() != 0;
          case 44 -> unknownText = fields.text();
          case 47 -> endName = fields.text();
          default -> fields.number();
        }
      }
    }

    private static void checkAlgorithm(String file, int algorithm) {
      if (algorithm < 1 || algorithm > LARGEST_ALGORITHM) {
        throw InvalidInputException.of("%s has the algorithm %d but it must be 1 (unigram) to %d.",
            file, algorithm, LARGEST_ALGORITHM);
      }
    }
  }

  /** The part of a vocabulary that says what is done to a text first. */
  private static final class Normalisation {
    private boolean addsSpace = true;
    private boolean removesSpaces = true;

    private void read(String file, ByteBuffer message) {
      ProtobufFields fields = new ProtobufFields(file, message);
      while (fields.next()) {
        switch (fields.number()) {
          case 2 -> checkRules(file, fields.array());
          case 3 -> addsSpace = fields.wholeNumber() != 0;
          case 4 -> removesSpaces = fields.wholeNumber() != 0;
          default -> fields.number();
        }
      }
    }

    private static void checkRules(String file, byte[] rules) {
      if (rules.length > 0) {
        CharacterMap.check(file, rules);
      }
    }
  }
}
