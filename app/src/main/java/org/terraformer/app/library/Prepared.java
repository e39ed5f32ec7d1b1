package org.terraformer.app.library;

import java.util.Optional;
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
record Prepared(Backend backend, Executable executable, Optional<String> note) {

  /**
   * @throws BackendException if neither backend can run here and run this program
   */
  static Prepared of(CompositionRoot root, Settings settings, Program program, WeightSource weights, ExecutionLimits limits,
      ProgressListener progress) {
    BackendChoice choice = BackendChoice.of(root, settings, program, weights);
    try {
      return of(choice, program, weights, limits, progress);
    } catch (BackendException e) {
      return of(choice.otherwise(root, e), program, weights, limits, progress);
    }
  }

  private static Prepared of(BackendChoice choice, Program program, WeightSource weights, ExecutionLimits limits,
      ProgressListener progress) {
    return new Prepared(choice.backend(), prepare(choice.backend(), program, weights, limits, progress), choice.note());
  }

  private static Executable prepare(Backend backend, Program program, WeightSource weights, ExecutionLimits limits,
      ProgressListener progress) {
    try {
      return backend.prepare(backend.distant() ? TokenChoice.added(program) : program, weights, limits, progress);
    } catch (InvalidInputException e) {
      throw new BackendException(e.getMessage(), e);
    } catch (LinkageError | OutOfMemoryError e) {
      throw new BackendException("The backend %s can't prepare the model: %s.".formatted(backend.name(), e.getMessage()), e);
    }
  }
}
