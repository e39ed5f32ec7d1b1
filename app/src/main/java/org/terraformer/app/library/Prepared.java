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
    if (settings.backend().filter(CompositionRoot.AUTO::equals).isPresent()) {
      return automatic(root, settings, program, weights, limits, progress);
    }
    try {
      Backend backend = settings.backend().map(name -> root.backend(settings.backendSetting(), name)).orElseGet(root::fastest);
      return new Prepared(backend, prepare(backend, program, weights, limits, progress), slow(root, backend));
    } catch (BackendException e) {
      return otherwise(e, settings.fallback(), root, program, weights, limits, progress);
    }
  }

  private static Prepared automatic(CompositionRoot root, Settings settings, Program program, WeightSource weights, ExecutionLimits limits,
      ProgressListener progress) {
    AutomaticChoice choice = AutomaticChoice.of(root, BenchFindings.of(System.getenv()), program, weights);
    try {
      return new Prepared(choice.backend(), prepare(choice.backend(), program, weights, limits, progress), Optional.of(choice.reason()));
    } catch (BackendException e) {
      Optional<String> other = Optional.of(root.fastest().name()).filter(name -> !name.equals(choice.backend().name()));
      return otherwise(e, settings.fallback().or(() -> other), root, program, weights, limits, progress);
    }
  }

  private static Prepared otherwise(BackendException refusal, Optional<String> fallback, CompositionRoot root, Program program,
      WeightSource weights, ExecutionLimits limits, ProgressListener progress) {
    Backend backend = root.backend(fallback.orElseThrow(() -> refusal));
    return new Prepared(backend, prepare(backend, program, weights, limits, progress),
        Optional.of("%s Going on with the backend %s.".formatted(refusal.getMessage(), backend.name())));
  }

  private static Optional<String> slow(CompositionRoot root, Backend backend) {
    Backend fast = root.known("backend", "cpu");
    return backend.name().equals("scalar") && !fast.available()
        ? Optional.of("running on the slow backend scalar; the fast backend cpu " + fast.description()) : Optional.empty();
  }

  private static Executable prepare(Backend backend, Program program, WeightSource weights, ExecutionLimits limits, ProgressListener progress) {
    try {
      return backend.prepare(backend.distant() ? TokenChoice.added(program) : program, weights, limits, progress);
    } catch (InvalidInputException e) {
      throw new BackendException(e.getMessage(), e);
    } catch (LinkageError | OutOfMemoryError e) {
      throw new BackendException("The backend %s can't prepare the model: %s.".formatted(backend.name(), e.getMessage()), e);
    }
  }
}
