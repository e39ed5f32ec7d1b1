package org.terraformer.app.library;

import java.util.Optional;
import java.util.function.Function;
import org.terraformer.app.inject.BackendException;
import org.terraformer.app.inject.CompositionRoot;
import org.terraformer.domain.decoding.TokenChoice;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.progress.ProgressListener;

/**
 * A program that is ready to run on the backend that was chosen, or on the one to fall back to.
 *
 * @param note what the user should know about that
 */
public record Prepared(Backend backend, Executable executable, Optional<String> note) {

  /**
   * To decode with.
   *
   * @throws BackendException if neither backend can run here and run this program
   */
  static Prepared of(CompositionRoot root, Settings settings, Program program, WeightSource weights, ExecutionLimits limits,
      ProgressListener progress) {
    return of(root, BackendChoice.of(root, settings, program, weights),
        backend -> backend.distant() ? TokenChoice.added(program) : program, weights, limits, progress);
  }

  /**
   * @param program that a backend is to run
   * @throws BackendException if neither backend can run the program
   */
  public static Prepared of(CompositionRoot root, BackendChoice choice, Function<Backend, Program> program, WeightSource weights,
      ExecutionLimits limits, ProgressListener progress) {
    try {
      return of(choice, program, weights, limits, progress);
    } catch (BackendException e) {
      return of(choice.otherwise(root, e), program, weights, limits, progress);
    }
  }

  private static Prepared of(BackendChoice choice, Function<Backend, Program> program, WeightSource weights, ExecutionLimits limits,
      ProgressListener progress) {
    Backend backend = choice.backend();
    return new Prepared(backend, prepare(backend, program.apply(backend), weights, limits, progress), choice.note());
  }

  private static Executable prepare(Backend backend, Program program, WeightSource weights, ExecutionLimits limits,
      ProgressListener progress) {
    try {
      return backend.prepare(program, weights, limits, progress);
    } catch (InvalidInputException e) {
      throw new BackendException(e.getMessage(), e);
    } catch (LinkageError | OutOfMemoryError e) {
      throw new BackendException("The backend %s can't prepare the model: %s.".formatted(backend.name(), e.getMessage()), e);
    }
  }
}
