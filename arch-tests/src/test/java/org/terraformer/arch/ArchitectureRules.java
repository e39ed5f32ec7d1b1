package org.terraformer.arch;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import java.security.SecureRandom;
import java.util.Calendar;
import java.util.Date;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.Timer;

/** What the modules may know of each other and of the world. */
final class ArchitectureRules {
  private static final String PORTS = "org.terraformer.ports..";
  private static final String DOMAIN = "org.terraformer.domain..";
  private static final String CPU = "org.terraformer.cpu..";
  private static final String TORNADO = "org.terraformer.tornado..";
  private static final String APP = "org.terraformer.app..";

  static final ArchRule PORTS_KNOW_THE_JDK_ALONE = noClasses().that().resideInAPackage(PORTS)
      .should().dependOnClassesThat().resideOutsideOfPackages(PORTS, "java..").as("ports depend on nothing but the JDK");

  static final ArchRule THE_DOMAIN_KNOWS_PORTS_ALONE = noClasses().that().resideInAPackage(DOMAIN)
      .should().dependOnClassesThat().resideOutsideOfPackages(DOMAIN, PORTS, "java..").as("the domain depends on ports alone");

  static final ArchRule THE_CPU_ADAPTER_KNOWS_PORTS_ALONE = noClasses().that().resideInAPackage(CPU)
      .should().dependOnClassesThat().resideOutsideOfPackages(CPU, PORTS, "java..", "jdk.incubator.vector..")
      .as("the CPU adapter depends on ports and the Vector API alone");

  static final ArchRule THE_TORNADO_ADAPTER_KNOWS_PORTS_ALONE = noClasses().that().resideInAPackage(TORNADO)
      .should().dependOnClassesThat().resideOutsideOfPackages(TORNADO, PORTS, "java..", "uk.ac.manchester.tornado..")
      .as("the TornadoVM adapter depends on ports and TornadoVM alone");

  static final ArchRule THE_VECTOR_API_IS_NAMED_IN_THE_CPU_ADAPTER = onlyIn(CPU, "jdk.incubator.vector..");
  static final ArchRule TORNADOVM_IS_NAMED_IN_ITS_ADAPTER = onlyIn(TORNADO, "uk.ac.manchester..");
  static final ArchRule GUICE_IS_NAMED_IN_THE_APP = onlyIn(APP, "com.google.inject..");

  static final ArchRule ONE_CLASS_MAKES_INJECTORS = noClasses().that().doNotHaveFullyQualifiedName("org.terraformer.app.inject.CompositionRoot")
      .should().dependOnClassesThat().haveNameMatching("com\\.google\\.inject\\.(Guice|Injector)").as("only the composition root makes an injector");

  static final ArchRule PICOCLI_IS_NAMED_IN_THE_COMMAND_LINE = onlyIn("org.terraformer.app.cli..", "picocli..");
  static final ArchRule JACKSON_IS_NAMED_IN_THE_APP = onlyIn(APP, "com.fasterxml.jackson..");
  static final ArchRule TOKENIZER_LIBRARIES_ARE_NAMED_IN_THE_APP = onlyIn(APP, "ai.djl..");
  static final ArchRule PROGRESS_BARS_ARE_NAMED_IN_THE_APP = onlyIn(APP, "me.tongfei..");

  static final ArchRule THE_DOMAIN_DOES_NO_INPUT_OR_OUTPUT = noClasses().that().resideInAnyPackage(DOMAIN, PORTS)
      .should().dependOnClassesThat().resideInAnyPackage("java.io..", "java.nio.file..", "java.nio.channels..", "java.net..", "java.util.logging..", "java.util.zip..")
      .orShould().dependOnClassesThat().belongToAnyOf(Runtime.class, Process.class, ProcessBuilder.class)
      .orShould().accessTargetWhere(methods("java.lang.System", "getenv", "getProperty"))
      .as("the domain and the ports do no input or output");

  static final ArchRule THE_DOMAIN_HAS_NO_THREADS = noClasses().that().resideInAnyPackage(DOMAIN, PORTS)
      .should().dependOnClassesThat().resideInAnyPackage("java.util.concurrent..")
      .orShould().dependOnClassesThat().belongToAnyOf(Thread.class, ThreadLocal.class, Timer.class)
      .orShould().accessTargetWhere(methodsNamed("parallel", "parallelStream"))
      .as("the domain and the ports have no threads");

  static final ArchRule THE_DOMAIN_HAS_NO_CLOCK_AND_NO_CHANCE = noClasses().that().resideInAnyPackage(DOMAIN, PORTS)
      .should().dependOnClassesThat().resideInAnyPackage("java.time..")
      .orShould().accessTargetWhere(methods("java.lang.System", "currentTimeMillis", "nanoTime"))
      .orShould().accessTargetWhere(methods("java.lang.Math", "random"))
      .orShould().accessTargetWhere(methods("java.util.UUID", "randomUUID"))
      .orShould().dependOnClassesThat().resideInAPackage("java.util.random..")
      .orShould().dependOnClassesThat().belongToAnyOf(Random.class, SplittableRandom.class, SecureRandom.class, Date.class, Calendar.class)
      .orShould().accessTargetWhere(methods("java.util.Collections", "shuffle"))
      .as("the domain and the ports have no clock and no chance");

  static final ArchRule ONLY_MAIN_ENDS_THE_PROGRAM = noClasses().that().doNotHaveFullyQualifiedName("org.terraformer.app.cli.Main")
      .should().accessTargetWhere(methods("java.lang.System", "exit"))
      .orShould().accessTargetWhere(methods("java.lang.Runtime", "exit", "halt")).as("only main ends the program");

  static final ArchRule ONLY_THE_COMMAND_LINE_HAS_A_CONSOLE = noClasses().that().resideOutsideOfPackage("org.terraformer.app.cli..")
      .should().accessTargetWhere(methods("java.lang.System", "in", "out", "err", "console"))
      .orShould().dependOnClassesThat().haveFullyQualifiedName("java.lang.IO")
      .orShould().callMethod(Throwable.class, "printStackTrace").as("only the command line has a console");

  static final ArchRule PACKAGES_HAVE_NO_CYCLES =
      slices().matching("org.terraformer.(**)").should().beFreeOfCycles().as("packages have no cycles");

  static final List<ArchRule> ALL = List.of(PORTS_KNOW_THE_JDK_ALONE, THE_DOMAIN_KNOWS_PORTS_ALONE, THE_CPU_ADAPTER_KNOWS_PORTS_ALONE,
      THE_TORNADO_ADAPTER_KNOWS_PORTS_ALONE, THE_VECTOR_API_IS_NAMED_IN_THE_CPU_ADAPTER, TORNADOVM_IS_NAMED_IN_ITS_ADAPTER,
      GUICE_IS_NAMED_IN_THE_APP, ONE_CLASS_MAKES_INJECTORS, PICOCLI_IS_NAMED_IN_THE_COMMAND_LINE, JACKSON_IS_NAMED_IN_THE_APP,
      TOKENIZER_LIBRARIES_ARE_NAMED_IN_THE_APP, PROGRESS_BARS_ARE_NAMED_IN_THE_APP, THE_DOMAIN_DOES_NO_INPUT_OR_OUTPUT,
      THE_DOMAIN_HAS_NO_THREADS, THE_DOMAIN_HAS_NO_CLOCK_AND_NO_CHANCE, ONLY_MAIN_ENDS_THE_PROGRAM,
      ONLY_THE_COMMAND_LINE_HAS_A_CONSOLE, PACKAGES_HAVE_NO_CYCLES);

  private ArchitectureRules() {}

  private static ArchRule onlyIn(String home, String library) {
    return noClasses().that().resideOutsideOfPackage(home).should().dependOnClassesThat().resideInAPackage(library)
        .as("%s is named in %s only".formatted(library, home));
  }

  private static DescribedPredicate<JavaAccess<?>> methodsNamed(String... names) {
    return DescribedPredicate.describe("call " + String.join("/", names), access -> access.getTargetOwner().getPackageName()
        .startsWith("java.") && List.of(names).contains(access.getTarget().getName()));
  }

  private static DescribedPredicate<JavaAccess<?>> methods(String owner, String... names) {
    return DescribedPredicate.describe("call " + owner + "." + String.join("/", names), access -> {
      JavaClass target = access.getTargetOwner();
      return target.getFullName().equals(owner) && List.of(names).contains(access.getTarget().getName());
    });
  }
}
