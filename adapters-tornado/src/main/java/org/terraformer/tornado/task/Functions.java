package org.terraformer.tornado.task;

import org.terraformer.ports.operation.ActivationFunction;
import uk.ac.manchester.tornado.api.math.TornadoMath;

/** Functions of one number in single precision; see {@link ActivationFunction}. */
final class Functions {
  private static final int RELU = ActivationFunction.RELU.ordinal();
  private static final int GELU = ActivationFunction.GELU.ordinal();
  private static final int FAST_GELU = ActivationFunction.FAST_GELU.ordinal();
  private static final int SIGMOID = ActivationFunction.SIGMOID.ordinal();
  private static final int TANH = ActivationFunction.TANH.ordinal();

  private static final float ROOT_HALF = (float) Math.sqrt(0.5);

  private Functions() {}

  /**
   * @param function the function's ordinal, a constant in a kernel
   */
  static float apply(int function, float x) {
    float y;
    if (function == RELU) {
      y = TornadoMath.max(x, 0f);
    } else if (function == GELU) {
      y = 0.5f * x * (1 + errorFunction(x * ROOT_HALF));
    } else if (function == FAST_GELU) {
      y = 0.5f * x * (1 + TornadoMath.tanh(0.7978845608f * x * (1 + 0.044715f * x * x)));
    } else if (function == SIGMOID) {
      y = sigmoid(x);
    } else if (function == TANH) {
      y = TornadoMath.tanh(x);
    } else {
      y = TornadoMath.max(x, 0f) + TornadoMath.log(1 + TornadoMath.exp(-TornadoMath.abs(x)));
    }
    return y;
  }

  static float sigmoid(float x) {
    return 1 / (1 + TornadoMath.exp(-x));
  }

  /** erf(x) to 1.5e-7: Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26. */
  private static float errorFunction(float x) {
    float magnitude = TornadoMath.abs(x);
    float t = 1 / (1 + 0.3275911f * magnitude);
    float series = t * (0.254829592f + t * (-0.284496736f + t * (1.421413741f + t * (-1.453152027f + t * 1.061405429f))));
    float positive = 1 - series * TornadoMath.exp(-magnitude * magnitude);
    return x < 0 ? -positive : positive;
  }
}
