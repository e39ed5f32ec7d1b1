package org.terraformer.app.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.terraformer.app.embedded.AlphabetModel;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.text.Tokenizer;

class TokenizersTest {
  @TempDir
  private Path folder;

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  private static ModelConfig config(int vocabularySize, String tokenizer) {
    Map<String, Object> map = new LinkedHashMap<>(AlphabetModel.config().toMap());
    map.put("vocabulary_size", vocabularySize);
    map.remove("tokenizer");
    if (tokenizer != null) {
      map.put("tokenizer", tokenizer);
    }
    return ModelConfig.fromMap(map);
  }

  private Class<?> found(String tokenizer) {
    try (Tokenizer found = Tokenizers.of(config(1000, tokenizer), folder).orElseThrow()) {
      return found.getClass();
    }
  }

  private void assertRefused(int vocabularySize, String tokenizer, String sentence) {
    assertThatThrownBy(() -> Tokenizers.of(config(vocabularySize, tokenizer), folder))
        .isInstanceOf(InvalidInputException.class).hasMessage(sentence.replace("FOLDER", folder.toString()));
  }

  @Test
  void theFilesInTheFolderSayWhichTokenizerItIs() throws IOException {
    assertThat(found("bytes")).isEqualTo(ByteTokenizer.class);
    write("vocab.json", SmallVocabularies.vocabularyJson());
    write("merges.txt", SmallVocabularies.MERGES);
    assertThat(found("bytes")).isEqualTo(HuggingFaceTokenizer.class);
    Files.write(folder.resolve("spiece.model"), SmallVocabularies.sentencePiece(1, false, true, false));
    assertThat(found("bytes")).isEqualTo(SentencePieceTokenizer.class);
    write("en.subword", SmallVocabularies.SUBWORDS);
    assertThat(found("bytes")).isEqualTo(SubwordTokenizer.class);
    write("tokenizer.json", SmallVocabularies.byteLevelJson());
    assertThat(found("bytes")).isEqualTo(HuggingFaceTokenizer.class);
  }

  @Test
  void aTokenizerJsonOfAnotherNameIsReadAndGetsTheNameByWhichAModelFolderFindsIt() throws IOException {
    write("novels.json", SmallVocabularies.byteLevelJson());
    TokenizerFiles read = Tokenizers.at(folder.resolve("novels.json"));
    try (Tokenizer tokenizer = read.tokenizer()) {
      assertThat(tokenizer).isInstanceOf(HuggingFaceTokenizer.class);
      assertThat(read.byNameInFolder()).isEqualTo(Map.of("tokenizer.json", folder.resolve("novels.json")));
    }
  }

  @Test
  void twoVocabulariesOfAKindAreRefused() throws IOException {
    write("a.subword", "");
    write("b.subword", "");
    assertRefused(1000, null, "The model folder FOLDER has more than one vocabulary: a.subword and b.subword.");
  }

  @Test
  void entriesWithoutMergesAndMergesWithoutEntriesAreRefused() throws IOException {
    write("vocab.json", "{}");
    assertRefused(1000, null, "The model folder FOLDER has vocab.json but no merges.txt.");
    Files.move(folder.resolve("vocab.json"), folder.resolve("merges.txt"));
    assertRefused(1000, null, "The model folder FOLDER has merges.txt but no vocab.json.");
  }

  @Test
  void withoutFilesAndWithoutANameThereIsNoTokenizer() {
    assertThat(Tokenizers.of(config(1000, null), folder)).isEmpty();
  }

  @Test
  void anUnknownNameIsRefused() {
    assertRefused(1000, "words", ("In %s: The field tokenizer is words but must be bytes, unless the model folder has a tokenizer.json, "
        + "*.subword, *.model or vocab.json with merges.txt.").formatted(folder.resolve("config.json")));
  }

  @Test
  void aVocabularyLargerThanTheModelsIsRefusedAndASmallerOneIsNot() throws IOException {
    write("en.subword", SmallVocabularies.SUBWORDS);
    assertRefused(26, null,
        "The tokenizer in %s has 27 ids but the model's vocabulary only 26.".formatted(folder.resolve("en.subword")));
    assertThat(Tokenizers.of(config(27, null), folder)).isPresent();
    assertThat(Tokenizers.of(config(28, null), folder)).isPresent();
    write("tokenizer.json", SmallVocabularies.byteLevelJson());
    assertRefused(262, null,
        "The tokenizer in %s has 263 ids but the model's vocabulary only 262.".formatted(folder.resolve("tokenizer.json")));
    Files.delete(folder.resolve("tokenizer.json"));
    Files.delete(folder.resolve("en.subword"));
    assertRefused(255, "bytes", "In %s: The tokenizer bytes has 256 ids but the model's vocabulary only 255.".formatted(folder.resolve("config.json")));
    Files.write(folder.resolve("tokenizer.model"), SmallVocabularies.sentencePiece(1, false, true, false));
    assertRefused(18, null,
        "The tokenizer in %s has 19 ids but the model's vocabulary only 18.".formatted(folder.resolve("tokenizer.model")));
  }

  @Test
  void aModelOfBytesOrSubwordsNeedsNoTokenizerLibrary() throws Exception {
    URL[] urls = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !entry.contains("djl")).map(TokenizersTest::url).toArray(URL[]::new);
    try (URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
      Object config = loader.loadClass(AlphabetModel.class.getName()).getMethod("config").invoke(null);
      Class<?> configs = loader.loadClass(ModelConfig.class.getName());
      var of = loader.loadClass(Tokenizers.class.getName()).getMethod("of", configs, Path.class);
      assertThat((Optional<?>) of.invoke(null, config, folder)).isPresent();
      write("en.subword", SmallVocabularies.SUBWORDS);
      assertThat((Optional<?>) of.invoke(null, config, folder)).isPresent();
      assertThatThrownBy(() -> loader.loadClass("ai.djl.sentencepiece.SpTokenizer")).isInstanceOf(ClassNotFoundException.class);
    }
  }

  @Test
  void aTokenizerReadFromAFileDecodesWhatItEncodes() throws IOException {
    write("tokenizer.json", SmallVocabularies.byteLevelJson());
    try (Tokenizer tokenizer = Tokenizers.of(config(1000, null), folder).orElseThrow()) {
      String text = "the é is";
      assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
    }
  }

  private static URL url(String entry) {
    try {
      return new File(entry).toURI().toURL();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
