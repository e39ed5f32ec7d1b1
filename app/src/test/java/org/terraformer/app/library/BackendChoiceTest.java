package org.terraformer.app.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.terraformer.app.inject.BackendException;
import org.terraformer.app.inject.CompositionRoot;
import org.terraformer.ports.failure.InvalidInputException;

/** The backend tornado can't run here: nobody started Java for it. */
class BackendChoiceTest {
  private static final Settings NAMED = Settings.DEFAULT.withBackend("tornado");

  @Test
  void theBackendThatIsNamedIsTakenWithoutAWord() {
    BackendChoice choice = choice(Settings.DEFAULT.withBackend("scalar"));
    assertThat(choice.backend().name()).isEqualTo("scalar");
    assertThat(choice.note()).isEmpty();
  }

  @Test
  void theFallbackIsTakenWhereTheNamedBackendCantRunAndTheReasonIsTold() {
    BackendChoice choice = choice(NAMED.withFallback("scalar"));
    assertThat(choice.backend().name()).isEqualTo("scalar");
    assertThat(choice.note().orElseThrow()).startsWith("The backend tornado ").endsWith(" Going on with the backend scalar.");
  }

  @Test
  void withoutAFallbackTheBackendThatCantRunIsRefused() {
    assertThatThrownBy(() -> choice(NAMED)).isInstanceOf(BackendException.class).hasMessageStartingWith("The backend tornado ");
  }

  @Test
  void aFallbackThatCantRunEitherIsRefused() {
    assertThatThrownBy(() -> choice(NAMED.withFallback("tornado"))).isInstanceOf(BackendException.class)
        .hasMessageStartingWith("The backend tornado ");
  }

  @Test
  void aFallbackThatThereIsNotIsRefusedBeforeItIsNeeded() {
    assertThatThrownBy(() -> choice(Settings.DEFAULT.withFallback("gpu"))).isInstanceOf(InvalidInputException.class)
        .hasMessage("The fallback is gpu but must be one of cpu, scalar, tornado.");
  }

  @Test
  void autoSaysThatItTakesTheFastestWhereNoModelGenerates() {
    BackendChoice choice = choice(Settings.DEFAULT.withBackend(CompositionRoot.AUTO));
    String fastest = Settings.DEFAULT.library().fastest().name();
    assertThat(choice.backend().name()).isEqualTo(fastest);
    assertThat(choice.note()).contains(
        "auto takes the backend " + fastest + ", as where none is named: what bench found counts where a model generates");
  }

  private static BackendChoice choice(Settings settings) {
    return BackendChoice.of(settings.library(), settings);
  }
}
