package org.terraformer.app.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.terraformer.cpu.CpuBackend;
import org.terraformer.cpu.CpuKernels;
import org.terraformer.cpu.scalar.ScalarBackend;
import org.terraformer.cpu.scalar.ScalarKernels;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.model.BuiltInLayerTypes;
import org.terraformer.domain.training.ActivationMemory;
import org.terraformer.domain.training.InitialWeights;
import org.terraformer.domain.training.TrainingProgram;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Reshape;
import org.terraformer.ports.recording.DropoutRates;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.recording.SeededChance;
import org.terraformer.ports.tensor.DType;

/** Training of reversible blocks that computes activations again, beside training that keeps them. */
class RecomputationTest {
  private static final LayerTypes TYPES = new LayerTypes(BuiltInLayerTypes.all());

  @Property(tries = 12)
  void gradientsAreThoseOfKeptActivations(@ForAll long seed) {
    ModelConfig config = terraformer(new SplittableRandom(seed), 3);
    assertSame(config, program(config, seed, false), program(config, seed, true), seed);
  }

  @Property(tries = 8)
  void computedInPartsTheyAreTheSame(@ForAll long seed) {
    ModelConfig config = terraformer(new SplittableRandom(seed), 2);
    TrainingProgram whole = TrainingProgram.record(config, TYPES, new Recorder(), 0.1, new ActivationMemory(false, false));
    ActivationMemory memory = new ActivationMemory(seed % 2 == 0, true);
    assertSame(config, whole, TrainingProgram.record(config, TYPES, new Recorder(), 0.1, memory), seed);
  }

  private static void assertSame(ModelConfig config, TrainingProgram kept, TrainingProgram recomputed, long seed) {
    NamedTensors weights = InitialWeights.draw(kept, seed, Arena.ofAuto());
    Map<String, float[]> expected = SourceModelRun.of(kept, config, weights, new ScalarBackend(ScalarKernels.all()), seed);
    for (Backend backend : List.of(
        new ScalarBackend(ScalarKernels.all()), new CpuBackend(CpuKernels.all(), ScalarKernels.all(), 2))) {
      Map<String, float[]> found = SourceModelRun.of(recomputed, config, weights, backend, seed);
      assertThat(found.keySet()).isEqualTo(expected.keySet());
      expected.forEach((name, values) -> {
        float largest = 0;
        for (float value : values) {
          largest = Math.max(largest, Math.abs(value));
        }
        for (int i = 0; i < values.length; i++) {
          assertThat(found.get(name)[i]).as("%s[%d] of %s on %s", name, i, config.toMap(), backend.name())
              .isCloseTo(values[i], Offset.offset(1e-6f + 1e-3f * largest));
        }
      });
    }
  }

  @Test
  void activationsDoNotGrowWithTheNumberOfBlocks() {
    long few = mostAtOnce(program(terraformer(new SplittableRandom(3), 2), 1, true).program());
    long many = mostAtOnce(program(terraformer(new SplittableRandom(3), 12), 1, true).program());
    assertThat(many).isEqualTo(few);
  }

  @Test
  void keptActivationsDo() {
    long few = mostAtOnce(program(terraformer(new SplittableRandom(3), 2), 1, false).program());
    long many = mostAtOnce(program(terraformer(new SplittableRandom(3), 12), 1, false).program());
    assertThat(many).isGreaterThan(4 * few);
  }

  @Test
  void inPartsTheyTakeAFractionOfTheMemoryWhereLogitsAndHiddenUnitsAreMany() {
    Map<String, Object> map = new LinkedHashMap<>(terraformer(new SplittableRandom(3), 2).toMap());
    map.put("vocabulary_size", 4000);
    map.put("feed_forward", Map.of("type", "dense", "hidden_size", 2000));
    ModelConfig config = ModelConfig.fromMap(map);
    TrainingProgram whole = TrainingProgram.record(config, TYPES, new Recorder(), 0, new ActivationMemory(true, false));
    TrainingProgram parts = TrainingProgram.record(config, TYPES, new Recorder(), 0, new ActivationMemory(true, true));
    assertThat(mostAtOnce(whole.program())).isGreaterThan(4 * mostAtOnce(parts.program()));
  }

  @Test
  void stateIsSharedByAllBlocks() {
    int few = program(terraformer(new SplittableRandom(3), 2), 1, true).program().states().size();
    assertThat(program(terraformer(new SplittableRandom(3), 12), 1, true).program().states()).hasSize(few);
  }

  /** The most F32 elements of {@link Extent#PARTS} rows that results hold at once, but for gradients of weights. */
  private static long mostAtOnce(Program program) {
    Map<Value, Value> roots = new HashMap<>();
    Map<Value, Integer> lastUse = new HashMap<>();
    List<Step> steps = program.steps();
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      if (step.operation() instanceof Reshape) {
        Value operand = step.operands().getFirst();
        roots.put(step.result(), roots.getOrDefault(operand, operand));
      }
      for (Value operand : step.operands()) {
        lastUse.put(roots.getOrDefault(operand, operand), i);
      }
    }
    Set<Value> live = new HashSet<>();
    long most = 0;
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      if (!roots.containsKey(step.result())) {
        live.add(step.result());
      }
      most = Math.max(most, live.stream().filter(value -> value.extent() != Extent.FIXED && value.dtype() == DType.F32)
          .mapToLong(value -> (long) value.width() * (value.extent() == Extent.PART ? 1 : Extent.PARTS)).sum());
      int now = i;
      live.removeIf(value -> lastUse.getOrDefault(value, 0) <= now);
    }
    return most;
  }

  private static TrainingProgram program(ModelConfig config, long seed, boolean recompute) {
    DropoutRates rates = seed % 2 == 0 ? DropoutRates.NONE : new DropoutRates(0.1, 0.1, 0.1, seed % 4 == 1);
    return TrainingProgram.record(
        config, TYPES, Recorder.forTraining(new SeededChance(), rates), 0.1, new ActivationMemory(recompute, false));
  }

  private static ModelConfig terraformer(SplittableRandom random, int blocks) {
    List<Map<String, Object>> attentions = List.of(Map.of("type", "dense", "heads", 2), Map.of("type", "favor", "heads", 2),
        Map.of("type", "sparse_qkv", "heads", 2, "modules", 2), Map.of("type", "lsh", "heads", 2, "hashes", 2, "chunk_length", 4),
        Map.of("type", "pure_lsh", "heads", 2, "hashes", 2, "chunk_length", 4),
        Map.of("type", "chunked", "heads", 2, "chunk_length", 4, "chunks_before", 1));
    List<Map<String, Object>> feedForwards = List.of(Map.of("type", "dense", "hidden_size", 20),
        Map.of("type", "sparse", "hidden_size", 24, "block_size", 4, "low_rank", 3),
        Map.of("type", "sparse", "hidden_size", 24, "block_size", 4, "low_rank", 3, "sparse_compute", true));
    List<Map<String, Object>> encoders = new ArrayList<>(attentions);
    encoders.remove(2);
    Map<String, Object> map = new LinkedHashMap<>(Map.of("model_type", "terraformer", "vocabulary_size", 11, "width", 16,
        "blocks", blocks, "max_length", 32, "attention_layers", 1 + random.nextInt(2),
        "attention", attentions.get(random.nextInt(attentions.size())),
        "feed_forward", feedForwards.get(random.nextInt(feedForwards.size()))));
    map.put("encoder", Map.of("blocks", blocks, "attention", encoders.get(random.nextInt(encoders.size())),
        "reversible", random.nextBoolean(), "swaps", 1 + random.nextInt(2)));
    if (random.nextBoolean()) {
      map.put("recurrence", Map.of("type", "simple_recurrent_unit", "units", 8));
    }
    return ModelConfig.fromMap(map);
  }
}
