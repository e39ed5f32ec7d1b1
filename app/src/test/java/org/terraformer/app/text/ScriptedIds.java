package org.terraformer.app.text;

import java.util.Arrays;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Embedding;
import org.terraformer.ports.operation.KeepLast;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.DType;

/** A language model that says given ids after a prompt of a given length, whatever it was told. */
final class ScriptedIds implements Executable {
  private final Program program;
  private final int[] ids;
  private final int promptLength;
  private int said;

  ScriptedIds(int vocabulary, int promptLength, int[] ids) {
    Recorder recorder = new Recorder();
    Value tokens = recorder.input("tokens", DType.I32, Extent.ROW);
    recorder.startPositions();
    Value rows = recorder.apply(new Embedding(), tokens, recorder.matrix("weight", vocabulary, vocabulary));
    recorder.output("logits", recorder.apply(new KeepLast(), rows));
    this.program = recorder.program();
    this.promptLength = promptLength;
    this.ids = ids;
  }

  @Override
  public Program program() {
    return program;
  }

  @Override
  public ExecutionLimits limits() {
    return new ExecutionLimits(1, promptLength, promptLength + ids.length);
  }

  @Override
  public void write(Value input, int[] source, int count) {}

  @Override
  public void write(Value input, float[] source, int count) {}

  @Override
  public void run(int firstSlot, int sequences, int length, int kept) {}

  @Override
  public void read(Value output, float[] destination, int count) {
    Arrays.fill(destination, 0, count, 0);
    destination[ids[said++]] = 1;
  }

  @Override
  public void read(Value output, int[] destination, int count) {}

  @Override
  public void copySlot(int from, int to, int positions) {}

  @Override
  public void weightsChanged() {
    throw new UnsupportedOperationException();
  }

  @Override
  public long weightBytesPerToken() {
    return 0;
  }

  @Override
  public void close() {}
}
