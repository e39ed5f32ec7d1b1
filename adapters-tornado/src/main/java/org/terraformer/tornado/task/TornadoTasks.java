package org.terraformer.tornado.task;

import static java.util.Map.entry;

import java.util.Map;
import org.terraformer.tornado.kernel.TornadoKernelFactory;

/** The kernels that come with the library, by operation name. */
public final class TornadoTasks {
  private TornadoTasks() {}

  public static Map<String, TornadoKernelFactory> all() {
    return Map.ofEntries(
        entry("embedding", MatrixTasks::embedding),
        entry("linear", MatrixTasks::linear),
        entry("linear_transposed", MatrixTasks::linearTransposed),
        entry("module_linear", MatrixTasks::moduleLinear),
        entry("selected_rows_dot", SelectedRowsTasks::dot),
        entry("selected_rows_sum", SelectedRowsTasks::sum),
        entry("layer_norm", NormTasks::layerNorm),
        entry("root_mean_square_norm", NormTasks::rootMeanSquareNorm),
        entry("softmax", NormTasks::softmax),
        entry("cross_entropy", NormTasks::crossEntropy),
        entry("block_argmax", ChoiceTasks::blockArgmax),
        entry("block_softmax_at", ChoiceTasks::blockSoftmaxAt),
        entry("top_values", TopTasks::topValues),
        entry("activation", ElementTasks::activation),
        entry("add", ElementTasks::add),
        entry("multiply", ElementTasks::multiply),
        entry("scale", ElementTasks::scale),
        entry("shift", ElementTasks::shift),
        entry("permute_features", ElementTasks::permuteFeatures),
        entry("channel_scale", ElementTasks::channelScale),
        entry("gate", ElementTasks::gate),
        entry("concatenate", ElementTasks::concatenate),
        entry("not_equal", ElementTasks::notEqual),
        entry("keep_last", ElementTasks::keepLast),
        entry("stop_gradient", ElementTasks::stopGradient),
        entry("row_positions", PositionTasks::rowPositions),
        entry("position_index", PositionTasks::positionIndex),
        entry("position_digits", PositionTasks::positionDigits),
        entry("position_equals", PositionTasks::positionEquals),
        entry("sinusoid", PositionTasks::sinusoid),
        entry("drifting_sinusoid", PositionTasks::driftingSinusoid),
        entry("rotary", PositionTasks::rotary),
        entry("module_convolution", TimeTasks::moduleConvolution),
        entry("depthwise_convolution", TimeTasks::depthwiseConvolution),
        entry("simple_recurrence", TimeTasks::simpleRecurrence),
        entry("target_positions", SourceTasks::targetPositions),
        entry("source_rows", SourceTasks::sourceRows),
        entry("hide_rows", SourceTasks::hideRows),
        entry("sequence_mean", SourceTasks::sequenceMean),
        entry("memory_attention", SourceTasks::memoryAttention),
        entry("softmax_features", FeatureTasks::softmaxFeatures),
        entry("linear_attention", FeatureTasks::linearAttention),
        entry("lsh_buckets", LshTasks::buckets),
        entry("lsh_attention", LshAttentionTasks::attention),
        entry("chunked_attention", AttentionTasks::chunked),
        entry("causal_attention", AttentionTasks::causal),
        entry("masked_attention", WindowTasks::masked));
  }
}
