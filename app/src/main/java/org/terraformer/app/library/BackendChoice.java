package org.terraformer.app.library;

import java.util.Optional;
import java.util.function.Supplier;
import org.terraformer.app.inject.BackendException;
import org.terraformer.app.inject.CompositionRoot;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.kernel.Program;

/**
 * The backend that settings choose: by name, as {@code auto}, or the one to fall back to where the first can't run.
 *
 * @param note what the user should know about that, in a sentence
 * @param fallback the name of the backend to go on with where this one can't run a model; empty for none
 */
public record BackendChoice(Backend backend, Optional<String> note, Optional<String> fallback) {

  /**
   * For all that is not the decoding of a model. What bench found says nothing of that, so that {@code auto} takes the backend
   * that is taken where none is named.
   *
   * @throws BackendException if neither the backend nor a fallback can run here
   * @throws InvalidInputException naming a backend that there is not
   */
  public static BackendChoice of(CompositionRoot root, Settings settings) {
    return of(root, settings, () -> AutomaticChoice.withoutModel(root));
  }

  /** As {@link #of(CompositionRoot, Settings)}, to decode with a model. */
  public static BackendChoice of(CompositionRoot root, Settings settings, Program decoder, WeightSource weights) {
    return of(root, settings, () -> AutomaticChoice.of(root, BenchFindings.of(System.getenv()), decoder, weights));
  }

  private static BackendChoice of(CompositionRoot root, Settings settings, Supplier<AutomaticChoice> automatic) {
    settings.fallback().ifPresent(name -> root.known("fallback", name));
    if (settings.backend().filter(CompositionRoot.AUTO::equals).isPresent()) {
      AutomaticChoice choice = automatic.get();
      Optional<String> other = Optional.of(root.fastest().name()).filter(name -> !name.equals(choice.backend().name()));
      return new BackendChoice(choice.backend(), Optional.of(choice.reason()), settings.fallback().or(() -> other));
    }
    try {
      Backend backend = settings.backend().map(name -> root.backend(settings.backendSetting(), name)).orElseGet(root::fastest);
      return new BackendChoice(backend, slow(root, backend), settings.fallback());
    } catch (BackendException e) {
      return otherwise(root, settings.fallback(), e);
    }
  }

  /**
   * The backend to go on with.
   *
   * @param refusal why this one can't run
   * @throws BackendException the refusal, if there is no fallback; or another, if the fallback can't run here
   */
  BackendChoice otherwise(CompositionRoot root, BackendException refusal) {
    return otherwise(root, fallback, refusal);
  }

  private static BackendChoice otherwise(CompositionRoot root, Optional<String> fallback, BackendException refusal) {
    Backend backend = root.backend("fallback", fallback.orElseThrow(() -> refusal));
    String note = "%s Going on with the backend %s.".formatted(refusal.getMessage(), backend.name());
    return new BackendChoice(backend, Optional.of(note), Optional.empty());
  }

  private static Optional<String> slow(CompositionRoot root, Backend backend) {
    Backend fast = root.known("backend", "cpu");
    return backend.name().equals("scalar") && !fast.available()
        ? Optional.of("running on the slow backend scalar; the fast backend cpu " + fast.description()) : Optional.empty();
  }
}
