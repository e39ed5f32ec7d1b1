package org.terraformer.cpu.scalar;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The plain kernels of all operations that come with the library, by operation name. */
public final class ScalarKernels {
  private static final Map<String, ScalarKernelFactory> ALL = merged(
      List.of(PositionKernels.ALL, ElementKernels.ALL, MatrixKernels.ALL, SoftmaxKernels.ALL, TimeKernels.ALL, SourceKernels.ALL,
          ElementGradientKernels.ALL, MatrixGradientKernels.ALL, GatedRowsKernels.ALL, TimeGradientKernels.ALL, ChanceKernels.ALL,
          WindowAttentionKernels.ALL, FeatureAttentionKernels.ALL, SoftmaxFeatureKernels.ALL, LshKernels.ALL, PartKernels.ALL));

  private ScalarKernels() {}

  public static Map<String, ScalarKernelFactory> all() {
    return ALL;
  }

  private static Map<String, ScalarKernelFactory> merged(List<Map<String, ScalarKernelFactory>> families) {
    Map<String, ScalarKernelFactory> all = new HashMap<>();
    families.forEach(all::putAll);
    return Map.copyOf(all);
  }
}
