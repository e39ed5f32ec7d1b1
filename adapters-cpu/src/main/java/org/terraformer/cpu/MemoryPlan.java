package org.terraformer.cpu;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Reshape;

/**
 * Where in one block of memory each result lies. A result takes over memory of results that no later step reads; outputs keep theirs.
 * A reshaped value lies where its operand does, and so does the result of an operation that works in place, if no later step reads the operand:
 * what was just read need not be fetched to be written.
 */
final class MemoryPlan {
  private static final long ALIGNMENT = 64;
  private static final int ELEMENT_BYTES = 4;

  private final Map<Value, Value> roots = new HashMap<>();
  private final Map<Value, Long> offsets = new HashMap<>();
  /** Bytes of each hole by where it begins; no two holes touch. */
  private final TreeMap<Long, Long> free = new TreeMap<>();
  private long total;

  MemoryPlan(Program program, ExecutionLimits limits) {
    Map<Value, Integer> lastUse = new HashMap<>();
    List<Step> steps = program.steps();
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      if (step.operation() instanceof Reshape) {
        roots.put(step.result(), root(step.operands().getFirst()));
      }
      for (Value operand : step.operands()) {
        lastUse.put(root(operand), i);
      }
    }
    Set<Value> kept = new HashSet<>();
    program.outputs().values().forEach(output -> kept.add(root(output)));
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      Value replaced = replaced(step, i, lastUse, kept);
      if (replaced != null) {
        roots.put(step.result(), replaced);
        lastUse.put(replaced, lastUse.getOrDefault(step.result(), i));
        if (kept.contains(step.result())) {
          kept.add(replaced);
        }
      } else if (!(step.operation() instanceof Reshape)) {
        offsets.put(step.result(), take(bytes(step.result(), limits)));
      }
      for (Value operand : new HashSet<>(step.operands())) {
        Value root = root(operand);
        if (offsets.containsKey(root) && lastUse.get(root) == i && !kept.contains(root)) {
          release(offsets.get(root), bytes(root, limits));
          lastUse.put(root, -1);
        }
      }
    }
  }

  /** What the result of a step may take the place of, or null. */
  private Value replaced(Step step, int place, Map<Value, Integer> lastUse, Set<Value> kept) {
    if (!step.operation().worksInPlace()) {
      return null;
    }
    for (Value operand : step.operands()) {
      Value root = root(operand);
      if (offsets.containsKey(root) && lastUse.get(root) == place && !kept.contains(root)
          && step.operands().stream().filter(other -> root(other) == root).allMatch(other -> sameRows(other, step.result()))) {
        return root;
      }
    }
    return null;
  }

  private static boolean sameRows(Value operand, Value result) {
    return operand.extent() == result.extent() && operand.dtype() == result.dtype() && operand.shape().equals(result.shape());
  }

  /** The value whose memory this one shares. */
  Value root(Value value) {
    Value root = value;
    while (roots.containsKey(root)) {
      root = roots.get(root);
    }
    return root;
  }

  long offset(Value result) {
    return offsets.get(root(result));
  }

  long totalBytes() {
    return total;
  }

  static long bytes(Value value, ExecutionLimits limits) {
    long bytes = limits.capacity(value.extent()) * value.width() * ELEMENT_BYTES;
    return Math.max(ALIGNMENT, (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
  }

  private long take(long bytes) {
    Long best = null;
    for (Map.Entry<Long, Long> hole : free.entrySet()) {
      if (hole.getValue() >= bytes && (best == null || hole.getValue() < free.get(best))) {
        best = hole.getKey();
      }
    }
    if (best == null) {
      // The memory grows; a hole at its end is a part of what is taken.
      best = free.isEmpty() || free.lastEntry().getKey() + free.lastEntry().getValue() < total ? total : free.lastKey();
      free.put(best, bytes);
      total = best + bytes;
    }
    long rest = free.remove(best) - bytes;
    if (rest > 0) {
      free.put(best + bytes, rest);
    }
    return best;
  }

  private void release(long offset, long bytes) {
    long from = offset;
    long to = offset + bytes;
    Map.Entry<Long, Long> before = free.floorEntry(offset);
    if (before != null && before.getKey() + before.getValue() == offset) {
      from = before.getKey();
    }
    if (free.containsKey(to)) {
      to += free.remove(to);
    }
    free.put(from, to - from);
  }
}
