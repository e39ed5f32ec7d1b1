package org.terraformer.arch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.terraformer.app.offender.EndsTheProgram;
import org.terraformer.app.offender.HaltsTheMachine;
import org.terraformer.app.offender.MakesAnInjector;
import org.terraformer.cpu.offender.KnowsTheDomain;
import org.terraformer.domain.offender.AsksForTheDate;
import org.terraformer.domain.offender.KnowsGuice;
import org.terraformer.domain.offender.KnowsJackson;
import org.terraformer.domain.offender.KnowsPicocli;
import org.terraformer.domain.offender.KnowsTheCpuAdapter;
import org.terraformer.domain.offender.KnowsTokenizerLibraries;
import org.terraformer.domain.offender.KnowsTornado;
import org.terraformer.domain.offender.KnowsVectors;
import org.terraformer.domain.offender.LooksAtTheClock;
import org.terraformer.domain.offender.ReadsFiles;
import org.terraformer.domain.offender.ReadsTheEnvironment;
import org.terraformer.domain.offender.ShowsProgressBars;
import org.terraformer.domain.offender.ShufflesByChance;
import org.terraformer.domain.offender.StartsPrograms;
import org.terraformer.domain.offender.StartsThreads;
import org.terraformer.domain.offender.ThrowsDice;
import org.terraformer.domain.offender.WorksInParallel;
import org.terraformer.domain.offender.WritesToTheConsole;
import org.terraformer.ports.offender.KnowsTheDomainToo;
import org.terraformer.tornado.offender.KnowsTheApp;

class ArchitectureTest {
  private static final Map<String, String> MODULES = Map.of(
      "ports", "org.terraformer.ports",
      "domain", "org.terraformer.domain",
      "adapters-cpu", "org.terraformer.adapters.cpu",
      "adapters-tornado", "org.terraformer.adapters.tornado",
      "app", "org.terraformer.app");

  @TestFactory
  Stream<DynamicTest> theCodeKeepsEveryRule() {
    JavaClasses classes = new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
        .importPackages("org.terraformer");
    assertThat(classes).hasSizeGreaterThan(100);
    return ArchitectureRules.ALL.stream().map(rule -> dynamicTest(rule.getDescription(), () -> rule.check(classes)));
  }

  /** A rule, and classes that only together break it. */
  private record Offence(ArchRule rule, List<Class<?>> classes) {}

  private static Offence offence(ArchRule rule, Class<?>... classes) {
    return new Offence(rule, List.of(classes));
  }

  private static final List<Offence> OFFENCES = List.of(
      offence(ArchitectureRules.PORTS_KNOW_THE_JDK_ALONE, KnowsTheDomainToo.class),
      offence(ArchitectureRules.THE_DOMAIN_KNOWS_PORTS_ALONE, KnowsTheCpuAdapter.class),
      offence(ArchitectureRules.THE_CPU_ADAPTER_KNOWS_PORTS_ALONE, KnowsTheDomain.class),
      offence(ArchitectureRules.THE_TORNADO_ADAPTER_KNOWS_PORTS_ALONE, KnowsTheApp.class),
      offence(ArchitectureRules.THE_VECTOR_API_IS_NAMED_IN_THE_CPU_ADAPTER, KnowsVectors.class),
      offence(ArchitectureRules.TORNADOVM_IS_NAMED_IN_ITS_ADAPTER, KnowsTornado.class),
      offence(ArchitectureRules.GUICE_IS_NAMED_IN_THE_APP, KnowsGuice.class),
      offence(ArchitectureRules.ONE_CLASS_MAKES_INJECTORS, MakesAnInjector.class),
      offence(ArchitectureRules.PICOCLI_IS_NAMED_IN_THE_COMMAND_LINE, KnowsPicocli.class),
      offence(ArchitectureRules.JACKSON_IS_NAMED_IN_THE_APP, KnowsJackson.class),
      offence(ArchitectureRules.TOKENIZER_LIBRARIES_ARE_NAMED_IN_THE_APP, KnowsTokenizerLibraries.class),
      offence(ArchitectureRules.PROGRESS_BARS_ARE_NAMED_IN_THE_APP, ShowsProgressBars.class),
      offence(ArchitectureRules.THE_DOMAIN_DOES_NO_INPUT_OR_OUTPUT, ReadsFiles.class),
      offence(ArchitectureRules.THE_DOMAIN_DOES_NO_INPUT_OR_OUTPUT, ReadsTheEnvironment.class),
      offence(ArchitectureRules.THE_DOMAIN_DOES_NO_INPUT_OR_OUTPUT, StartsPrograms.class),
      offence(ArchitectureRules.THE_DOMAIN_HAS_NO_THREADS, StartsThreads.class),
      offence(ArchitectureRules.THE_DOMAIN_HAS_NO_THREADS, WorksInParallel.class),
      offence(ArchitectureRules.THE_DOMAIN_HAS_NO_CLOCK_AND_NO_CHANCE, LooksAtTheClock.class),
      offence(ArchitectureRules.THE_DOMAIN_HAS_NO_CLOCK_AND_NO_CHANCE, ThrowsDice.class),
      offence(ArchitectureRules.THE_DOMAIN_HAS_NO_CLOCK_AND_NO_CHANCE, AsksForTheDate.class),
      offence(ArchitectureRules.THE_DOMAIN_HAS_NO_CLOCK_AND_NO_CHANCE, ShufflesByChance.class),
      offence(ArchitectureRules.ONLY_MAIN_ENDS_THE_PROGRAM, EndsTheProgram.class),
      offence(ArchitectureRules.ONLY_MAIN_ENDS_THE_PROGRAM, HaltsTheMachine.class),
      offence(ArchitectureRules.ONLY_THE_COMMAND_LINE_HAS_A_CONSOLE, WritesToTheConsole.class),
      offence(ArchitectureRules.PACKAGES_HAVE_NO_CYCLES, KnowsTheCpuAdapter.class, KnowsTheDomain.class));

  @Test
  void everyRuleHasAnOffender() {
    assertThat(OFFENCES).extracting(Offence::rule).containsAll(ArchitectureRules.ALL);
  }

  @TestFactory
  Stream<DynamicTest> everyRuleBites() {
    return OFFENCES.stream().map(offence -> dynamicTest(offence.rule().getDescription() + ": " + names(offence), () -> {
      JavaClasses classes = new ClassFileImporter().importClasses(offence.classes());
      assertThat(offence.rule().evaluate(classes).getFailureReport().getDetails())
          .isNotEmpty().allMatch(detail -> offence.classes().stream().anyMatch(type -> detail.contains(type.getName())));
    }));
  }

  private static String names(Offence offence) {
    return offence.classes().stream().map(Class::getSimpleName).collect(Collectors.joining(" and "));
  }

  @TestFactory
  Stream<DynamicTest> everyModuleIsBuiltWithItsDescriptor() {
    return MODULES.entrySet().stream().map(module -> dynamicTest(module.getKey(), () -> {
      Path classes = Path.of(System.getProperty("root.dir")).resolve(module.getKey()).resolve("target/classes/module-info.class");
      try (InputStream bytes = Files.newInputStream(classes)) {
        assertThat(ModuleDescriptor.read(bytes).name()).isEqualTo(module.getValue());
      }
    }));
  }
}
