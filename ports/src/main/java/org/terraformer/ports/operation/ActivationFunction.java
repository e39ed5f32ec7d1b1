package org.terraformer.ports.operation;

/** A function of one number, applied to every element. */
public enum ActivationFunction {
  /** max(x, 0), with derivative 0 at 0. */
  RELU,
  /** x * Phi(x), with Phi the normal distribution function: 0.5 x (1 + erf(x / sqrt(2))). */
  GELU,
  /** 0.5 x (1 + tanh(0.7978845608 x (1 + 0.044715 x^2))). */
  FAST_GELU,
  /** 1 / (1 + exp(-x)). */
  SIGMOID,
  /** tanh(x). */
  TANH,
  /** log(1 + exp(x)). */
  SOFTPLUS;

  /** The function in double precision. */
  public double apply(double x) {
    return switch (this) {
      case RELU -> x <= 0 ? 0 : x;
      case GELU -> 0.5 * x * ErrorFunction.complement(-x * Math.sqrt(0.5));
      case FAST_GELU -> 0.5 * x * (1 + Math.tanh(0.7978845608 * x * (1 + 0.044715 * x * x)));
      case SIGMOID -> 1 / (1 + Math.exp(-x));
      case TANH -> Math.tanh(x);
      case SOFTPLUS -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    };
  }

  /** The derivative in double precision. */
  public double derivative(double x) {
    return switch (this) {
      case RELU -> x > 0 ? 1 : 0;
      case GELU -> 0.5 * ErrorFunction.complement(-x * Math.sqrt(0.5)) + x * Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
      case FAST_GELU -> {
        double tanh = Math.tanh(0.7978845608 * x * (1 + 0.044715 * x * x));
        yield 0.5 * (1 + tanh) + 0.5 * x * (1 - tanh * tanh) * 0.7978845608 * (1 + 3 * 0.044715 * x * x);
      }
      case SIGMOID -> apply(x) * (1 - apply(x));
      case TANH -> 1 - Math.tanh(x) * Math.tanh(x);
      case SOFTPLUS -> SIGMOID.apply(x);
    };
  }
}
