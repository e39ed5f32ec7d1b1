package org.terraformer.app.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Which cases there are, and that none is passed over in silence. */
@Tag("golden")
class GoldenCasesTest {
  /** The groups that tests run; a case of another one has to be left out by name. */
  private static final Set<String> RUN = Set.of("a", "b", "c", "d", "e", "f", "g", "h");

  @Test
  void everyCaseIsRunOrLeftOutByName() {
    for (GoldenCase golden : GoldenFolder.cases()) {
      if (LeftOut.reason(golden.name()).isEmpty()) {
        assertThat(golden.group()).as("the group of %s, which no test runs and which is not left out by name", golden).isIn(RUN);
      }
    }
  }

  @Test
  void theCasesOfTheProjectAreComplete() {
    assumeThat(GoldenFolder.isPacked()).isTrue();
    Set<String> names = GoldenFolder.cases().stream().map(GoldenCase::name).collect(Collectors.toSet());
    assertThat(names).hasSize(190).containsAll(LeftOut.names());
  }
}
