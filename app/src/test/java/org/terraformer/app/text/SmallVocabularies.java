package org.terraformer.app.text;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/** Vocabularies of a few entries in every format. */
final class SmallVocabularies {
  static final String SUBWORDS = "'<pad>'\n'<EOS>'\n'the_'\n'th'\n't'\n'h'\n'e'\n', _'\n','\n' '\n'_'\n'\\'\n';'\n'u'\n"
      + "'0'\n'1'\n'2'\n'3'\n'4'\n'5'\n'6'\n'7'\n'8'\n'9'\n'é_'\n'\n'\n";
  static final String MERGES = "#version: 0.2\nĠ t\nh e\nĠt he\ni s\nĠ is\nà ¤\n";
  static final List<String> BYTE_LEVEL_ENTRIES = byteLevelEntries();

  private SmallVocabularies() {}

  private static List<String> byteLevelEntries() {
    List<String> entries = new ArrayList<>();
    int other = 256;
    for (int value = 0; value < 256; value++) {
      boolean printable = value > 32 && value < 127 || value > 160 && value != 173;
      entries.add(Character.toString(printable ? value : other++));
    }
    entries.addAll(List.of("Ġt", "he", "Ġthe", "is", "Ġis", "à¤", "<|endoftext|>"));
    return entries;
  }

  static String vocabularyJson() {
    StringBuilder json = new StringBuilder();
    for (String entry : BYTE_LEVEL_ENTRIES) {
      json.append(json.isEmpty() ? "{\"" : ",\"").append(entry.replace("\\", "\\\\").replace("\"", "\\\"")).append("\":")
          .append(BYTE_LEVEL_ENTRIES.indexOf(entry));
    }
    return json.append('}').toString();
  }

  static String byteLevelJson() {
    return """
        {"version":"1.0","truncation":{"direction":"Right","max_length":4,"strategy":"LongestFirst","stride":0},"padding":null,
         "added_tokens":[{"id":262,"content":"<|endoftext|>","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,
           "special":true}],
         "normalizer":null,"pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true},
         "post_processor":{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":false,"use_regex":true},
         "decoder":{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true},
         "model":{"type":"BPE","dropout":null,"unk_token":null,"continuing_subword_prefix":null,"end_of_word_suffix":null,
           "fuse_unk":false,"byte_fallback":false,"ignore_merges":false,
           "merges":["Ġ t","h e","Ġt he","i s","Ġ is"],"vocab":
        """.replaceAll("\n *", "") + vocabularyJson() + "}}";
  }

  static String unigramJson(boolean normalized) {
    return """
        {"version":"1.0","added_tokens":[{"id":0,"content":"<unk>","single_word":false,"lstrip":false,"rstrip":false,
           "normalized":false,"special":true}, {"id":12,"content":"</s>","single_word":false,"lstrip":false,"rstrip":false,
           "normalized":false,"special":true}],
         "normalizer":{"type":"Sequence","normalizers":[%s{"type":"NFKC"},
           {"type":"Replace","pattern":{"Regex":" {2,}"},"content":" "}]},
         "pre_tokenizer":{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true},
         "decoder":{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true},
         "model":{"type":"Unigram","unk_id":0,"byte_fallback":false,
           "vocab":[["<unk>",0.0],["▁",-2.5],["t",-3.0],["h",-3.5],["e",-3.25],
           ["▁the",-1.5],["▁t",-2.75],["he",-2.25],["i",-4.0],["s",-4.5],["is",-2.0],["é",-5.0]]}}
        """.formatted(normalized ? "{\"type\":\"Precompiled\",\"precompiled_charsmap\":\"%s\"},"
            .formatted(Base64.getEncoder().encodeToString(characterMap())) : "");
  }

  static String byteFallbackJson() {
    StringBuilder bytes = new StringBuilder();
    for (int value = 0; value < 256; value++) {
      bytes.append(",\"<0x%02X>\":%d".formatted(value, value + 8));
    }
    return """
        {"version":"1.0","added_tokens":[{"id":0,"content":"<unk>","single_word":false,"lstrip":false,"rstrip":false,
           "normalized":false,"special":true}],
         "normalizer":{"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"▁"},
           {"type":"Replace","pattern":{"String":" "},"content":"▁"}]},
         "pre_tokenizer":null,
         "decoder":{"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"▁"},"content":" "},
           {"type":"ByteFallback"},
           {"type":"Fuse"},{"type":"Strip","content":" ","start":1,"stop":0}]},
         "model":{"type":"BPE","unk_token":"<unk>","fuse_unk":true,"byte_fallback":true,"merges":["t h","th e","▁ the"],
           "vocab":{"<unk>":0,"▁":1,"t":2,"h":3,"e":4,"th":5,"the":6,"▁the":7%s}}}
        """.formatted(bytes);
  }

  static String wordPieceJson() {
    return """
        {"version":"1.0","added_tokens":[{"id":0,"content":"[UNK]","single_word":false,"lstrip":false,"rstrip":false,
           "normalized":false,"special":true}],
         "normalizer":{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,
           "lowercase":true},
         "pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"BertPreTokenizer"},
           {"type":"Digits","individual_digits":true},
           {"type":"Split","pattern":{"Regex":"\\\\p{P}+"},"behavior":"Isolated","invert":false}]},
         "decoder":{"type":"WordPiece","prefix":"##","cleanup":true},
         "model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":100,
           "vocab":{"[UNK]":0,"the":1,"##se":2,"is":3,",":4,"t":5,"##he":6}}}
        """;
  }

  /** Replaces "A" by "a" and "ﬁ" (three bytes) by "fi". */
  static byte[] characterMap() {
    int[] units = new int[1280];
    Arrays.fill(units, 0x80000000);
    byte[] replacements = "a\0fi\0".getBytes(StandardCharsets.UTF_8);
    units[0] = unit(0, 256, 0, false);
    leaf(units, 0x41, 256, 512, 0);
    units[256 ^ 0xEF] = unit(256 ^ 0xEF, 768, 0xEF, false);
    units[768 ^ 0xAC] = unit(768 ^ 0xAC, 1024, 0xAC, false);
    leaf(units, 0x81, 1024, 513, 2);
    ByteBuffer map = ByteBuffer.allocate(4 + 4 * units.length + replacements.length).order(ByteOrder.LITTLE_ENDIAN);
    map.putInt(4 * units.length);
    map.asIntBuffer().put(units);
    return map.position(4 + 4 * units.length).put(replacements).array();
  }

  private static void leaf(int[] units, int label, int base, int at, int replacement) {
    units[base ^ label] = unit(base ^ label, at, label, true);
    units[at] = 0x80000000 | replacement;
  }

  private static int unit(int node, int successors, int label, boolean hasReplacement) {
    return (node ^ successors) << 10 | (hasReplacement ? 256 : 0) | label;
  }

  /** A SentencePiece vocabulary, unigram (1) or byte-pair (2), with padding 0, end 1, unknown 2 and, if asked, 256 bytes. */
  static byte[] sentencePiece(int algorithm, boolean bytes, boolean removesSpaces, boolean normalized) {
    ByteArrayOutputStream model = new ByteArrayOutputStream();
    piece(model, "<pad>", 0, 3);
    piece(model, "</s>", 0, 3);
    piece(model, "<unk>", 0, 2);
    String[] normal = {"▁", "t", "h", "e", "▁t", "he", "▁the", "i", "s", "is", "▁is", "é", "😀", "a", "f"};
    float[] scores = {-2.5f, -3, -3.5f, -3.25f, -2.75f, -2.25f, -1.5f, -4, -4.5f, -2, -1.75f, -5, -5.5f, -6, -6.5f};
    for (int i = 0; i < normal.length; i++) {
      piece(model, normal[i], scores[i], 1);
    }
    piece(model, "<mask>", 0, 4);
    for (int value = 0; bytes && value < 256; value++) {
      piece(model, "<0x%02X>".formatted(value), 0, 6);
    }
    ByteArrayOutputStream training = new ByteArrayOutputStream();
    number(training, 3, algorithm);
    number(training, 35, bytes ? 1 : 0);
    bytes(model, 2, training.toByteArray());
    ByteArrayOutputStream normalisation = new ByteArrayOutputStream();
    if (normalized) {
      bytes(normalisation, 2, characterMap());
    }
    number(normalisation, 3, 1);
    number(normalisation, 4, removesSpaces ? 1 : 0);
    number(normalisation, 5, 1);
    bytes(model, 3, normalisation.toByteArray());
    return model.toByteArray();
  }

  private static void piece(ByteArrayOutputStream model, String text, float score, int kind) {
    ByteArrayOutputStream piece = new ByteArrayOutputStream();
    bytes(piece, 1, text.getBytes(StandardCharsets.UTF_8));
    piece.write(2 << 3 | 5);
    piece.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(score).array());
    number(piece, 3, kind);
    bytes(model, 1, piece.toByteArray());
  }

  private static void number(ByteArrayOutputStream message, int field, int value) {
    varint(message, field << 3);
    varint(message, value);
  }

  private static void bytes(ByteArrayOutputStream message, int field, byte[] value) {
    varint(message, field << 3 | 2);
    varint(message, value.length);
    message.writeBytes(value);
  }

  private static void varint(ByteArrayOutputStream message, int value) {
    int rest = value;
    for (; rest > 127; rest >>>= 7) {
      message.write(rest & 127 | 128);
    }
    message.write(rest);
  }
}
