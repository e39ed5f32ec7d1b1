package org.terraformer.app.experiment;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.terraformer.domain.config.Options;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.training.TrainingConfig;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * A comparison of models with equal numbers of parameters, trained on equal numbers of the same tokens. The first row is the
 * one that all others are compared with.
 *
 * @param data names of the texts to train on, and to make the tokenizer of
 * @param validation names of the texts to validate on
 */
public record ParityPlan(int vocabularySize, List<String> data, List<String> validation, List<ParityRow> rows) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._+-]{0,59}");
  private static final int MOST_ROWS = 100;
  private static final int USUAL_MULTIPLE = 8;

  public ParityPlan {
    data = List.copyOf(data);
    validation = List.copyOf(validation);
    rows = List.copyOf(rows);
  }

  /** The row that the others are compared with. */
  public ParityRow baseline() {
    return rows.getFirst();
  }

  /**
   * The rows of these names, in the order of the table.
   *
   * @throws InvalidInputException naming one that there is not
   */
  public List<ParityRow> named(List<String> names) {
    for (String name : names) {
      if (rows.stream().noneMatch(row -> row.name().equals(name))) {
        throw InvalidInputException.of("There is no row %s; there are %s.", name,
            String.join(", ", rows.stream().map(ParityRow::name).toList()));
      }
    }
    return rows.stream().filter(row -> names.contains(row.name())).toList();
  }

  /**
   * Reads a plan and finds the sizes of its models.
   *
   * @throws InvalidInputException naming the first wrong field, or the row that can't be compared with the first
   */
  public static ParityPlan fromMap(Map<String, Object> map, LayerTypes types) {
    Options options = new Options("", map);
    int vocabularySize = options.size("vocabulary_size");
    List<String> data = texts(options, "data");
    List<String> validation = texts(options, "validation");
    Map<String, Object> training = options.map("training");
    int multiple = options.size("hidden_size_multiple", USUAL_MULTIPLE);
    List<ParityRow> rows = new Reader(vocabularySize, training, multiple, types).rows(options);
    options.finish();
    return new ParityPlan(vocabularySize, data, validation, rows);
  }

  private static List<String> texts(Options options, String field) {
    Object value = options.any(field);
    if (!(value instanceof List<?> list) || list.isEmpty() || !list.stream().allMatch(String.class::isInstance)) {
      throw options.wrong(field, value, "must be a list of the names of texts");
    }
    return list.stream().map(String.class::cast).toList();
  }

  /** Reads rows, each with what it changes in the training or in a row before it. */
  private static final class Reader {
    private final int vocabularySize;
    private final int multiple;
    private final LayerTypes types;
    private final Map<String, Object> training;
    private final Map<String, Map<String, Object>> known = new LinkedHashMap<>();
    private final List<ParityRow> rows = new ArrayList<>();

    private Reader(int vocabularySize, Map<String, Object> training, int multiple, LayerTypes types) {
      this.vocabularySize = vocabularySize;
      this.training = training;
      this.multiple = multiple;
      this.types = types;
    }

    private List<ParityRow> rows(Options options) {
      Object value = options.any("rows");
      if (!(value instanceof List<?> list) || list.isEmpty() || list.size() > MOST_ROWS) {
        throw options.wrong("rows", value, "must be a list of 1 to %d objects".formatted(MOST_ROWS));
      }
      for (int i = 0; i < list.size(); i++) {
        Options each = new Options("", Map.of("row", list.get(i) == null ? "" : list.get(i)));
        read(new Options("rows[%d]".formatted(i), each.map("row")));
      }
      return rows;
    }

    private void read(Options options) {
      String name = options.text("name", "");
      if (!NAME.matcher(name).matches() || known.containsKey(name)) {
        throw options.wrong("name", name, known.containsKey(name) ? "is the name of another row"
            : "must be of letters, digits and the signs . _ + -");
      }
      String title = options.text("title", name);
      if (title.isBlank() || rows.stream().anyMatch(row -> row.title().equals(title))) {
        throw options.wrong("title", title, title.isBlank() ? "must not be empty" : "is the title of another row");
      }
      String like = options.text("like", "");
      if (!like.isEmpty() && !known.containsKey(like)) {
        throw options.wrong("like", like, "must be the name of a row before it");
      }
      List<Integer> seeds = seeds(options);
      boolean fit = options.flag("fit", true);
      Map<String, Object> changes = options.has("training") ? options.map("training") : Map.of();
      Map<String, Object> settings = Overrides.of(like.isEmpty() ? training : known.get(like), changes);
      options.finish();
      known.put(name, settings);
      try {
        rows.add(row(name, title, seeds, settings, fit));
      } catch (InvalidInputException e) {
        throw new InvalidInputException("In row %s: %s".formatted(name, e.getMessage()), e);
      }
    }

    private static List<Integer> seeds(Options options) {
      Object value = options.has("seeds") ? options.any("seeds") : List.of(0);
      if (!(value instanceof List<?> list) || list.isEmpty() || list.stream().distinct().count() < list.size()
          || !list.stream().allMatch(seed -> seed instanceof Integer number && number >= 0)) {
        throw options.wrong("seeds", value, "must be a list of different whole numbers from 0");
      }
      return list.stream().map(Integer.class::cast).toList();
    }

    private ParityRow row(String name, String title, List<Integer> seeds, Map<String, Object> settings, boolean fit) {
      if (settings.containsKey("seed")) {
        throw new InvalidInputException("The field seed must not be given; the field seeds of a row names them.");
      }
      TrainingConfig config = fit && !rows.isEmpty() ? fitted(settings) : TrainingConfig.fromMap(settings, vocabularySize);
      ParityRow row = new ParityRow(name, title, seeds, config, EqualParameters.count(config.model(), types));
      if (!rows.isEmpty()) {
        checkComparable(row, rows.getFirst());
      }
      return row;
    }

    private TrainingConfig fitted(Map<String, Object> settings) {
      Map<String, Object> model = new LinkedHashMap<>(TrainingConfig.fromMap(settings, vocabularySize).model().toMap());
      Map<String, Object> sized = new EqualParameters(rows.getFirst().parameters(), multiple, types).fit(model);
      Map<String, Object> change = Map.of("model", Map.of("feed_forward", sized.get("feed_forward")));
      return TrainingConfig.fromMap(Overrides.of(settings, change), vocabularySize);
    }

    private static void checkComparable(ParityRow row, ParityRow baseline) {
      if (row.tokens() != baseline.tokens()) {
        throw InvalidInputException.of("It would be trained on %,d tokens, but the row %s on %,d.", row.tokens(), baseline.name(),
            baseline.tokens());
      }
      if (row.config().length() != baseline.config().length()
          || row.config().validation().tokens() != baseline.config().validation().tokens()) {
        throw InvalidInputException.of(
            "It would be validated on %,d tokens in windows of %d, but the row %s on %,d in windows of %d.",
            row.config().validation().tokens(), row.config().length(), baseline.name(),
            baseline.config().validation().tokens(), baseline.config().length());
      }
    }
  }
}
