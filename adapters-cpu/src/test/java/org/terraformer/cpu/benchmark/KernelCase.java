package org.terraformer.cpu.benchmark;

import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.BlockArgmax;
import org.terraformer.ports.operation.CausalAttention;
import org.terraformer.ports.operation.Gate;
import org.terraformer.ports.operation.LayerNorm;
import org.terraformer.ports.operation.Linear;
import org.terraformer.ports.operation.LinearTransposed;
import org.terraformer.ports.operation.ModuleConvolution;
import org.terraformer.ports.operation.SelectedRowsDot;
import org.terraformer.ports.operation.SelectedRowsSum;
import org.terraformer.ports.operation.gradient.LinearWeightGradient;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.DType;

/**
 * What a kernel is timed on: one operation in the sizes of a model with d_model 1024, 16 heads, d_ff 6144, N = 64 and S = 16. A program
 * holds as many copies with weights of their own as make the caches useless, as the blocks of a model do.
 */
public enum KernelCase {
  /** The row dot: a dense matrix times one token. */
  LINEAR(16, 1) {
    @Override
    void record(Recorder recorder, int copy) {
      output(recorder, copy, recorder.apply(new Linear(false), input(recorder, 1024), recorder.matrix("weight", 4096, 1024)));
    }
  },
  /** The same matrix times the tokens of a prompt. */
  MATRIX_PRODUCT(4, 128) {
    @Override
    void record(Recorder recorder, int copy) {
      output(recorder, copy, recorder.apply(new Linear(false), input(recorder, 1024), recorder.matrix("weight", 4096, 1024)));
    }
  },
  /** Its gradient with respect to the tokens of a training step. */
  GRADIENT_PRODUCT(2, 2048) {
    @Override
    void record(Recorder recorder, int copy) {
      output(recorder, copy, recorder.apply(new LinearTransposed(false), input(recorder, 1024), recorder.matrix("weight", 1024, 1024)));
    }
  },
  /** And with respect to the matrix. */
  WEIGHT_GRADIENT(2, 2048) {
    @Override
    void record(Recorder recorder, int copy) {
      Value u = recorder.input("u", DType.F32, Extent.ROW, 1024);
      output(recorder, copy, recorder.apply(new LinearWeightGradient(), u, input(recorder, 1024)));
    }
  },
  /** The first half of the sparse feed-forward layer: one row of each of 96 blocks. */
  SELECTED_ROWS_DOT(12, 1) {
    @Override
    void record(Recorder recorder, int copy) {
      output(recorder, copy, recorder.apply(new SelectedRowsDot(), input(recorder, 1024), recorder.matrix("weight", 96, 64, 1, 1024),
          chosen(recorder)));
    }
  },
  /** Its second half. */
  SELECTED_ROWS_SUM(12, 1) {
    @Override
    void record(Recorder recorder, int copy) {
      output(recorder, copy, recorder.apply(new SelectedRowsSum(false), input(recorder, 96, 1), recorder.matrix("weight", 96, 64, 1, 1024),
          chosen(recorder)));
    }
  },
  /** Gates of 16 modules and the projection they share. */
  MULTIPLICATIVE_DENSE(512, 1) {
    @Override
    void record(Recorder recorder, int copy) {
      Value gated = recorder.apply(new Gate(), input(recorder, 1024), recorder.vector("gates", 16, 1024));
      output(recorder, copy, recorder.apply(new Linear(false), gated, recorder.matrix("projection", 64, 1024)));
    }
  },
  /** The convolution of sparse queries, keys and values. */
  MODULE_CONVOLUTION(512, 1) {
    @Override
    void record(Recorder recorder, int copy) {
      output(recorder, copy, recorder.apply(new ModuleConvolution(false), input(recorder, 16, 64), recorder.matrix("weight", 64, 3, 3, 64),
          recorder.startPositions(), recorder.slotState("history", 2, 16, 64)));
    }
  },
  /** Which unit of each of 96 blocks is active. */
  BLOCK_ARGMAX(64, 1) {
    @Override
    void record(Recorder recorder, int copy) {
      output(recorder, copy, recorder.apply(new BlockArgmax(), input(recorder, 96, 64)));
    }
  },
  /** A token that attends to 4095 cached ones. */
  ATTENTION(8, 1) {
    @Override
    void record(Recorder recorder, int copy) {
      Value x = input(recorder, 1024);
      output(recorder, copy, recorder.apply(new CausalAttention(16), x, x, x, recorder.startPositions(), recorder.contextState("keys", 1024),
          recorder.contextState("values", 1024)));
    }
  },
  /** Layer normalisation. */
  LAYER_NORM(64, 1) {
    @Override
    void record(Recorder recorder, int copy) {
      output(recorder, copy, recorder.apply(new LayerNorm(true, 1e-6f), input(recorder, 1024), recorder.vector("scale", 1024),
          recorder.vector("bias", 1024)));
    }
  };

  static final String CHOSEN = "chosen";
  static final int CHOICES = 64;
  static final int CONTEXT = 4096;

  private final int copies;
  private final int rows;

  KernelCase(int copies, int rows) {
    this.copies = copies;
    this.rows = rows;
  }

  int copies() {
    return copies;
  }

  /** Tokens of a run. */
  int rows() {
    return rows;
  }

  /** Records one copy; the recorder's scope is the copy's own. */
  abstract void record(Recorder recorder, int copy);

  private static Value input(Recorder recorder, long... shape) {
    return recorder.input("x", DType.F32, Extent.ROW, shape);
  }

  private static Value chosen(Recorder recorder) {
    return recorder.input(CHOSEN, DType.I32, Extent.ROW, 96);
  }

  private static void output(Recorder recorder, int copy, Value value) {
    recorder.output("y" + copy, value);
  }
}
