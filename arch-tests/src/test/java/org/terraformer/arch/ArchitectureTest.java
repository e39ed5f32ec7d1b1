package org.terraformer.arch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.terraformer.app.offender.EndsTheProgram;
import org.terraformer.cpu.offender.KnowsTheDomain;
import org.terraformer.domain.offender.KnowsGuice;
import org.terraformer.domain.offender.KnowsJackson;
import org.terraformer.domain.offender.KnowsPicocli;
import org.terraformer.domain.offender.KnowsTheCpuAdapter;
import org.terraformer.domain.offender.KnowsTokenizerLibraries;
import org.terraformer.domain.offender.KnowsTornado;
import org.terraformer.domain.offender.KnowsVectors;
import org.terraformer.domain.offender.LooksAtTheClock;
import org.terraformer.domain.offender.ReadsFiles;
import org.terraformer.domain.offender.StartsThreads;
import org.terraformer.domain.offender.ThrowsDice;
import org.terraformer.ports.offender.KnowsTheDomainToo;
import org.terraformer.tornado.offender.KnowsTheApp;

class ArchitectureTest {
  private static final List<String> MODULES =
      List.of("ports", "domain", "adapters-cpu", "adapters-tornado", "app");

  @TestFactory
  Stream<DynamicTest> theCodeKeepsEveryRule() {
    JavaClasses classes = new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
        .importPackages("org.terraformer");
    assertThat(classes).hasSizeGreaterThan(100);
    return ArchitectureRules.ALL.stream().map(rule -> dynamicTest(rule.getDescription(), () -> rule.check(classes)));
  }

  @TestFactory
  Stream<DynamicTest> everyRuleBites() {
    Map<ArchRule, List<Class<?>>> offenders = Map.ofEntries(
        Map.entry(ArchitectureRules.PORTS_KNOW_THE_JDK_ALONE, List.of(KnowsTheDomainToo.class)),
        Map.entry(ArchitectureRules.THE_DOMAIN_KNOWS_PORTS_ALONE, List.of(KnowsTheCpuAdapter.class)),
        Map.entry(ArchitectureRules.THE_CPU_ADAPTER_KNOWS_PORTS_ALONE, List.of(KnowsTheDomain.class)),
        Map.entry(ArchitectureRules.THE_TORNADO_ADAPTER_KNOWS_PORTS_ALONE, List.of(KnowsTheApp.class)),
        Map.entry(ArchitectureRules.THE_VECTOR_API_IS_NAMED_IN_THE_CPU_ADAPTER, List.of(KnowsVectors.class)),
        Map.entry(ArchitectureRules.TORNADOVM_IS_NAMED_IN_ITS_ADAPTER, List.of(KnowsTornado.class)),
        Map.entry(ArchitectureRules.GUICE_IS_NAMED_IN_THE_APP, List.of(KnowsGuice.class)),
        Map.entry(ArchitectureRules.PICOCLI_IS_NAMED_IN_THE_COMMAND_LINE, List.of(KnowsPicocli.class)),
        Map.entry(ArchitectureRules.JACKSON_IS_NAMED_IN_THE_APP, List.of(KnowsJackson.class)),
        Map.entry(ArchitectureRules.TOKENIZER_LIBRARIES_ARE_NAMED_IN_THE_APP, List.of(KnowsTokenizerLibraries.class)),
        Map.entry(ArchitectureRules.THE_DOMAIN_DOES_NO_INPUT_OR_OUTPUT, List.of(ReadsFiles.class)),
        Map.entry(ArchitectureRules.THE_DOMAIN_HAS_NO_THREADS, List.of(StartsThreads.class)),
        Map.entry(ArchitectureRules.THE_DOMAIN_HAS_NO_CLOCK_AND_NO_CHANCE, List.of(LooksAtTheClock.class)),
        Map.entry(ArchitectureRules.ONLY_MAIN_ENDS_THE_PROGRAM, List.of(EndsTheProgram.class)),
        Map.entry(ArchitectureRules.PACKAGES_HAVE_NO_CYCLES, List.of(KnowsTheCpuAdapter.class, KnowsTheDomain.class)));
    assertThat(offenders.keySet()).containsExactlyInAnyOrderElementsOf(ArchitectureRules.ALL);
    return offenders.entrySet().stream().map(entry -> dynamicTest(entry.getKey().getDescription(), () -> {
      JavaClasses classes = new ClassFileImporter().importClasses(entry.getValue().toArray(Class<?>[]::new));
      assertThat(entry.getKey().evaluate(classes).hasViolation()).isTrue();
    }));
  }

  @Test
  void throwingDiceInTheDomainIsReported() {
    JavaClasses classes = new ClassFileImporter().importClasses(ThrowsDice.class);
    assertThat(ArchitectureRules.THE_DOMAIN_HAS_NO_CLOCK_AND_NO_CHANCE.evaluate(classes).hasViolation()).isTrue();
  }

  @Test
  void everyModuleHasADescriptor() {
    Path root = Path.of(System.getProperty("root.dir"));
    assertThat(MODULES).allMatch(module -> Files.isRegularFile(root.resolve(module).resolve("src/main/java/module-info.java")));
  }
}
