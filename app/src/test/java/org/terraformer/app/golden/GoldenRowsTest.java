package org.terraformer.app.golden;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.terraformer.domain.layer.FeedForward;
import org.terraformer.domain.layer.FeedForwardBlock;
import org.terraformer.domain.layer.Layer;
import org.terraformer.domain.layer.LayerNormalization;
import org.terraformer.domain.layer.attention.CrossAttention;
import org.terraformer.domain.layer.attention.DenseAttention;
import org.terraformer.domain.layer.reversible.HalfResidual;
import org.terraformer.domain.layer.reversible.ReversibleLayer;
import org.terraformer.domain.layer.reversible.ReversibleSerial;
import org.terraformer.domain.layer.reversible.Streams;
import org.terraformer.domain.layer.reversible.Swap;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.ActivationFunction;
import org.terraformer.ports.operation.Add;
import org.terraformer.ports.operation.SourceRows;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.DType;

/** The reference implementation's layers with several inputs: cross attention, concatenation with padding, reversible layers. */
@Tag("golden")
class GoldenRowsTest {
  /** The trax classes that are checked here. */
  static final Set<String> LAYERS = Set.of("AttentionQKV", "ConcatWithPadding", "StripFromConcatenateWithPadding", "ReversibleHalfResidual",
      "ReversibleSerial");

  private static final Layer NORM = new LayerNormalization(true, 1e-6);

  @TestFactory
  Stream<DynamicTest> layersOfSeveralInputsComputeWhatTheReferenceComputes() {
    return tests(GoldenBackends.all(), true);
  }

  /**
   * @param trained whether gradients are compared, too
   */
  static Stream<DynamicTest> tests(List<Backend> backends, boolean trained) {
    List<DynamicTest> tests = new ArrayList<>();
    for (GoldenCase golden : GoldenFolder.cases()) {
      if (LAYERS.contains(golden.layer())) {
        for (Backend backend : backends) {
          tests.add(dynamicTest(golden.name() + " on " + backend.name(), () -> check(golden, backend, trained)));
        }
      }
    }
    return tests.stream();
  }

  private static void check(GoldenCase golden, Backend backend, boolean trained) {
    switch (golden.layer()) {
      case "AttentionQKV" -> checkCrossAttention(golden, backend, trained);
      case "ConcatWithPadding" -> checkConcatenation(golden, backend, trained);
      case "StripFromConcatenateWithPadding" -> checkStripping(golden, backend, trained);
      default -> {
        checkReversible(golden, backend, trained);
        checkReverse(golden, backend, trained);
      }
    }
  }

  private static void checkCrossAttention(GoldenCase golden, Backend backend, boolean trained) {
    int sequences = golden.axis("inputs.q", 0);
    int queries = golden.axis("inputs.q", 1);
    int keys = golden.axis("inputs.k", 1);
    int length = Math.max(queries, keys);
    GoldenRows rows = new GoldenRows(golden, sequences, length);
    float[] masks = golden.floats("inputs.mask");
    int[] mask = new int[sequences * length];
    for (int i = 0; i < sequences * keys; i++) {
      mask[i / keys * length + i % keys] = masks[i / keys * queries * keys + i % keys] == 0 ? 0 : 1;
    }
    rows.output("y", crossAttention(golden).record(rows.recorder(), rows.input("q"), rows.input("k"), rows.input("v"),
        rows.numbers("mask", Extent.ROW, mask)));
    rows.check(backend, trained);
  }

  private static CrossAttention crossAttention(GoldenCase golden) {
    Map<String, Object> arguments = golden.arguments();
    int width = GoldenLayers.number(arguments, "d_feature", 0);
    int heads = GoldenLayers.number(arguments, "n_heads", 1);
    return arguments.get("q_sparsity") == null ? CrossAttention.dense(width, heads) : CrossAttention.sparse(
        width, heads, GoldenLayers.number(arguments, "q_sparsity", 0), GoldenLayers.number(arguments, "result_sparsity", 0));
  }

  /** What follows the target is never read; there the reference has zeros, or what is left of the source's padding. */
  private static void checkConcatenation(GoldenCase golden, Backend backend, boolean trained) {
    int[] sources = sourceLengths(golden);
    int target = golden.axis("inputs.vec_d", 1);
    GoldenRows rows = new GoldenRows(golden, sources.length, golden.axis("outputs.vec_ed", 1));
    rows.place("vec_d", (sequence, t) -> sources[sequence] + t);
    rows.compare("vec_ed", (sequence, all) -> sources[sequence] + target);
    Value lengths = rows.numbers("lengths", Extent.SEQUENCE, sources);
    rows.output("vec_ed", rows.recorder().apply(new Add(), kept(rows, "vec_e", true, lengths), kept(rows, "vec_d", false, lengths)));
    rows.check(backend, trained);
  }

  private static void checkStripping(GoldenCase golden, Backend backend, boolean trained) {
    int[] sources = sourceLengths(golden);
    GoldenRows rows = new GoldenRows(golden, sources.length, golden.axis("inputs.vec_ed", 1));
    rows.place("vec_d", (sequence, t) -> sources[sequence] + t);
    rows.output("vec_d", kept(rows, "vec_ed", false, rows.numbers("lengths", Extent.SEQUENCE, sources)));
    rows.check(backend, trained);
  }

  private static Value kept(GoldenRows rows, String input, boolean source, Value lengths) {
    return rows.recorder().apply(new SourceRows(source), rows.input(input), rows.recorder().rowPositions(), lengths);
  }

  private static int[] sourceLengths(GoldenCase golden) {
    int length = golden.axis("inputs.tok_e", 1);
    int[] tokens = golden.ints("inputs.tok_e");
    return IntStream.range(0, golden.axis("inputs.tok_e", 0))
        .map(sequence -> (int) IntStream.range(0, length).filter(t -> tokens[sequence * length + t] != 0).count()).toArray();
  }

  private static void checkReversible(GoldenCase golden, Backend backend, boolean trained) {
    GoldenRows rows = new GoldenRows(golden, golden.axis("inputs.x1", 0), golden.axis("inputs.x1", 1));
    Streams y = reversible(golden).record(rows.recorder(), new Streams(rows.input("x1"), rows.input("x2")));
    rows.output("y1", y.first());
    rows.output("y2", y.second());
    rows.check(backend, trained);
  }

  private static void checkReverse(GoldenCase golden, Backend backend, boolean trained) {
    GoldenRows rows = new GoldenRows(golden, golden.axis("inputs.x1", 0), golden.axis("inputs.x1", 1));
    Streams x = reversible(golden).reverse(rows.recorder(), new Streams(rows.input("y1", "outputs.y1"), rows.input("y2", "outputs.y2")));
    rows.output("reconstructed_x1", x.first());
    rows.output("reconstructed_x2", x.second());
    Recorder forwards = new Recorder();
    Value any = forwards.input("x", DType.F32, Extent.ROW, golden.axis("inputs.x1", -1));
    reversible(golden).record(forwards, Streams.both(any));
    rows.check(backend, forwards.program(), trained);
  }

  private static ReversibleLayer reversible(GoldenCase golden) {
    return switch (golden.name()) {
      case "b_reversible_half_residual_ff" -> new HalfResidual(feedForward(golden));
      case "b_reversible_half_residual_attn" -> new HalfResidual(attention(golden));
      default -> new ReversibleSerial(List.of(new HalfResidual(attention(golden)).in("0"), new Swap(),
          new HalfResidual(feedForward(golden)).in("1"), new Swap()));
    };
  }

  private static Layer feedForward(GoldenCase golden) {
    int width = golden.axis("inputs.x1", -1);
    for (JsonNode weight : golden.node("weights")) {
      if (weight.get("tensor").asText().endsWith(".1_Dense.w")) {
        int hidden = weight.get("shape").get(1).asInt();
        return new FeedForwardBlock(NORM, new FeedForward(width, hidden, ActivationFunction.RELU), Optional.empty());
      }
    }
    throw new IllegalStateException(golden + " has no feed-forward layer");
  }

  /** These cases do not say how many heads there are: as many as in the other cases of attention of the same folder. */
  private static Layer attention(GoldenCase golden) {
    int heads = GoldenFolder.cases().stream().filter(other -> other.layer().equals("AttentionQKV"))
        .mapToInt(other -> GoldenLayers.number(other.arguments(), "n_heads", 1)).findFirst().orElseThrow();
    Layer attention = DenseAttention.of(golden.axis("inputs.x1", -1), heads, 0, Optional.empty());
    return (recorder, x) -> attention.record(recorder.scope("attention"), NORM.record(recorder.scope("norm"), x));
  }
}
