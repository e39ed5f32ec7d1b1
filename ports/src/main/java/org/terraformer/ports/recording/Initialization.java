package org.terraformer.ports.recording;

import org.terraformer.ports.failure.InvalidInputException;

/** How the elements of a weight are drawn before it is trained. */
public sealed interface Initialization {

  /** The reference's for biases: nearly zero. */
  Initialization BIAS = new Normal(1e-6);

  /** Evenly from [-bound, bound]. */
  record Uniform(double bound) implements Initialization {
    public Uniform {
      check("bound", bound);
    }
  }

  /** From a normal distribution around 0 with this standard deviation. */
  record Normal(double deviation) implements Initialization {
    public Normal {
      check("deviation", deviation);
    }
  }

  /** The same for all. */
  record Constant(double value) implements Initialization {
    public Constant {
      check("magnitude", Math.abs(value));
    }
  }

  /**
   * Row p has {@code a sin(p w_i)} at 2i and {@code a cos(p w_i)} at 2i + 1, with {@code w_i = 10000^(-2i / columns)} (Vaswani et
   * al., 2017, where the amplitude a is 1).
   */
  record Sinusoids(double amplitude) implements Initialization {
    public Sinusoids {
      check("amplitude", amplitude);
    }
  }

  /**
   * A matrix whose rows, or columns if these are fewer, have length 1 and are at right angles; uniform among all such (Saxe et
   * al., 2014).
   */
  record Orthogonal() implements Initialization {}

  /** {@code U(-a, a)} with {@code a = sqrt(6 / (inputs + outputs))} (Glorot and Bengio, 2010). */
  static Initialization glorotUniform(double inputs, double outputs) {
    return new Uniform(Math.sqrt(6 / (inputs + outputs)));
  }

  /** {@code N(0, 2 / (inputs + outputs))}. */
  static Initialization glorotNormal(double inputs, double outputs) {
    return new Normal(Math.sqrt(2 / (inputs + outputs)));
  }

  private static void check(String what, double value) {
    if (!(value >= 0 && value <= Float.MAX_VALUE)) {
      throw InvalidInputException.of("The %s of an initialisation is %s but must be a number from 0.", what, value);
    }
  }
}
