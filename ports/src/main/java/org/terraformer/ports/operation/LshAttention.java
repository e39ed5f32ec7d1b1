package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.gradient.QueryKeyValueGradients;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;

/**
 * Attention among rows that share buckets of a locality-sensitive hashing (Kitaev et al., "Reformer: the efficient transformer",
 * 2020). For each head {@code y = sum_j softmax_j(q . k_j / sqrt(d/heads) - penalty_j) v_j} over the keys j that the query sees;
 * a key that is seen several times counts as often. Which keys these are depends on the run.
 *
 * <p><b>A run from position 0 on</b> is the reference's training and evaluation. Each hash round sorts the rows by bucket, rows
 * of one bucket by position; the sorted rounds, one behind the other, are parted in chunks, and a query sees, in every round, the
 * window of chunks around it, cyclically (see {@link AttentionWindow}). Attention of several rounds, each with its softmax,
 * weighted by the rounds' sums of exponentials, as the reference puts it, is one softmax over all keys of all rounds. What a row
 * sees depends on the buckets of later rows, which move the borders of the chunks, though never on their vectors. So such a run
 * needs all rows that the sequence starts with.
 *
 * <p><b>A row at a later position</b> of a causal attention, as decoding asks for it, sees {@link #candidates} keys or all that
 * there are: those that share its bucket in at least one round, the latest first, then the latest of the others. That is the
 * reference's rule. With one chunk of {@code hashes} times all rows or more, both runs see all keys alike; else decoding sees
 * more of what is alike and nothing of what merely lay in a neighbouring chunk. An index from buckets to positions finds the
 * candidates in time that does not grow with the length: for each head, round and bucket the latest position, and for each
 * position and round the one before it in the same bucket.
 *
 * <p>A mixed attention ({@code standardLength > 0}) is plain dot-product attention, with the queries as keys, except for runs of
 * more rows from position 0 on.
 *
 * <p>Operands: q F32 [d], k F32 [d], v F32 [dv] for each row, or in any shape of as many elements; buckets I32 [heads, hashes]
 * for each row; if masked, mask I32 scalar for each row; if causal, start positions, key cache (context state [d]), value cache
 * (context state [dv]) and, if not mixed, latest positions (I32 slot state [heads, hashes, buckets]) and chains (I32 context
 * state [heads, hashes]). Result: F32 [dv].
 *
 * @param standardLength rows up to which a run is plain attention; 0 if it never is
 */
public record LshAttention(int heads, int hashes, AttentionWindow window, int standardLength) implements Operation {

  /**
   * The number of keys that a query sees while decoding: as many as in the windows of all rounds, less one, because the reference
   * counts the row behind the query's, which is hidden, among them.
   */
  public int candidates() {
    return Math.max(1, Math.multiplyExact(hashes * window.chunkLength(), window.chunks()) - 1);
  }

  /** Whether a run of so many rows from a position on is plain attention. */
  public boolean standard(int start, int length) {
    return standardLength > 0 && (start > 0 || length <= standardLength);
  }

  /** The window of plain attention. */
  public AttentionWindow standardWindow() {
    return AttentionWindow.whole(window.causal(), false, window.masked());
  }

  @Override
  public String name() {
    return "lsh_attention";
  }

  @Override
  public Signature infer(List<Value> operands) {
    check();
    Operands.count(operands, 4 + (window.masked() ? 1 : 0) + (window.causal() ? standardLength > 0 ? 3 : 5 : 0));
    Signature result = AttentionOperands.check(operands, heads, false);
    checkBuckets(operands);
    if (window.masked()) {
      AttentionOperands.mask(operands.get(4));
    }
    if (window.causal()) {
      Operands.startPositions(operands.get(4));
      AttentionOperands.caches(operands.get(5), operands.get(6), operands);
      if (standardLength == 0) {
        index(operands.get(7), operands.get(8));
      }
    }
    return result;
  }

  void check() {
    window.check();
    Operands.check(window.chunkLength() > 0 && hashes > 0 && standardLength >= 0, "needs hash rounds and chunks but got %s", this);
    Operands.check(!(window.causal() && (window.masked() || window.after() > 0)), "is causal, so that it can't be masked or look ahead");
  }

  void checkBuckets(List<Value> operands) {
    Value buckets = operands.get(3);
    Operands.type(buckets, DType.I32);
    Operands.sameExtent(operands.getFirst(), buckets);
    Operands.elements(buckets, (long) heads * hashes);
  }

  private void index(Value latest, Value chains) {
    Operands.type(latest, DType.I32);
    Operands.type(chains, DType.I32);
    Operands.check(latest.extent() == Extent.SLOT && chains.extent() == Extent.CONTEXT && latest.shape().rank() == 3,
        "needs latest positions [heads, hashes, buckets] and chains but got %s and %s", latest, chains);
    Operands.check(latest.shape().equals(Shape.of(heads, hashes, latest.shape().columns())), "needs %s to be by head and round", latest);
    Operands.elements(chains, (long) heads * hashes);
  }

  @Override
  public boolean dependsOnLaterRows() {
    return true;
  }

  @Override
  public int contextParts() {
    return heads;
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    QueryKeyValueGradients.record(adjoint, new LshAttentionGradient(heads, hashes, window, standardLength), window.masked() ? 5 : 4);
  }
}
