package org.terraformer.domain.model;

import java.util.List;
import org.terraformer.domain.layer.DenseLogits;
import org.terraformer.domain.layer.FeedForward;
import org.terraformer.domain.layer.LayerNormalization;
import org.terraformer.domain.layer.LayerType;
import org.terraformer.domain.layer.attention.ChunkedSelfAttention;
import org.terraformer.domain.layer.attention.ConvolutionalAttention;
import org.terraformer.domain.layer.attention.CrossAttention;
import org.terraformer.domain.layer.attention.DenseAttention;
import org.terraformer.domain.layer.attention.FavorAttention;
import org.terraformer.domain.layer.attention.LowRankAttention;
import org.terraformer.domain.layer.attention.LshSelfAttention;
import org.terraformer.domain.layer.attention.MaskedSelfAttention;
import org.terraformer.domain.layer.attention.ModularAttention;
import org.terraformer.domain.layer.attention.MultiplicativeAttention;
import org.terraformer.domain.layer.attention.MultiplicativeModularAttention;
import org.terraformer.domain.layer.attention.PureLshAttention;
import org.terraformer.domain.layer.attention.SparseQkvAttention;
import org.terraformer.domain.layer.position.AxialPositions;
import org.terraformer.domain.layer.position.FixedBasePositions;
import org.terraformer.domain.layer.position.InfinitePositions;
import org.terraformer.domain.layer.position.LearnedPositions;
import org.terraformer.domain.layer.position.NoPositions;
import org.terraformer.domain.layer.position.SinCosPositions;
import org.terraformer.domain.layer.recurrent.RecurrentBranch;
import org.terraformer.domain.layer.sparse.BlockSparseFeedForward;
import org.terraformer.domain.layer.sparse.SparseFeedForward;
import org.terraformer.domain.layer.sparse.SparseLogits;
import org.terraformer.domain.layer.sparse.SwitchFeedForward;

/**
 * The layer types that come with the library.
 */
public final class BuiltInLayerTypes {
  private static final List<LayerType> ALL = List.of(
      LayerNormalization.TYPE,
      LearnedPositions.TYPE,
      SinCosPositions.TYPE,
      FixedBasePositions.TYPE,
      AxialPositions.TYPE,
      InfinitePositions.TYPE,
      NoPositions.TYPE,
      DenseAttention.TYPE,
      ModularAttention.TYPE,
      MultiplicativeAttention.TYPE,
      MultiplicativeModularAttention.TYPE,
      LowRankAttention.TYPE,
      ConvolutionalAttention.TYPE,
      SparseQkvAttention.TYPE,
      ChunkedSelfAttention.TYPE,
      FavorAttention.TYPE,
      LshSelfAttention.TYPE,
      PureLshAttention.TYPE,
      MaskedSelfAttention.TYPE,
      ChunkedSelfAttention.ENCODER_TYPE,
      FavorAttention.ENCODER_TYPE,
      LshSelfAttention.ENCODER_TYPE,
      PureLshAttention.ENCODER_TYPE,
      CrossAttention.DENSE,
      CrossAttention.SPARSE,
      FeedForward.TYPE,
      SparseFeedForward.TYPE,
      BlockSparseFeedForward.TYPE,
      SwitchFeedForward.TYPE,
      RecurrentBranch.TYPE,
      DenseLogits.TYPE,
      SparseLogits.MULTIPLICATIVE,
      SparseLogits.LOW_RANK,
      SparseLogits.EINSUM,
      SparseLogits.LOCAL,
      SparseLogits.LOCAL_3);

  private BuiltInLayerTypes() {}

  public static List<LayerType> all() {
    return ALL;
  }
}
