package org.terraformer.cpu.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ThreadCrewTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7})
  void everyWorkerDoesTheTaskOnceInEachRun(int workers) {
    AtomicIntegerArray done = new AtomicIntegerArray(workers);
    try (ThreadCrew crew = new ThreadCrew(workers, done::incrementAndGet)) {
      assertThat(crew.workers()).isEqualTo(workers);
      for (int run = 1; run <= 200; run++) {
        crew.run();
        for (int worker = 0; worker < workers; worker++) {
          assertThat(done.get(worker)).isEqualTo(run);
        }
      }
    }
  }

  @Test
  void theCallerIsWorkerZero() {
    Thread[] threads = new Thread[2];
    try (ThreadCrew crew = new ThreadCrew(2, worker -> threads[worker] = Thread.currentThread())) {
      crew.run();
    }
    assertThat(threads[0]).isSameAs(Thread.currentThread());
    assertThat(threads[1]).isNotSameAs(Thread.currentThread());
    assertThat(threads[1].isDaemon()).as("a crew that was forgotten keeps no program alive").isTrue();
  }

  @Test
  void eachPieceOfAShareGoesToOneWorkerInEachPhase() {
    int workers = 3;
    int phases = 300;
    int pieces = 5;
    AtomicIntegerArray taken = new AtomicIntegerArray(phases * workers * pieces);
    ThreadCrew[] crew = new ThreadCrew[1];
    crew[0] = new ThreadCrew(workers, worker -> {
      for (int phase = 0; phase < phases; phase++) {
        for (int i = 0; i < workers; i++) {
          int owner = (worker + i) % workers;
          for (int piece = crew[0].claim(owner); piece < pieces; piece = crew[0].claim(owner)) {
            taken.incrementAndGet((phase * workers + owner) * pieces + piece);
          }
        }
        crew[0].meet();
      }
    });
    crew[0].run();
    crew[0].close();
    assertThat(IntStream.range(0, taken.length()).map(taken::get)).containsOnly(1);
  }

  @Test
  void nobodyPassesAMeetingBeforeAllAreThere() {
    int workers = 3;
    int meetings = 500;
    AtomicIntegerArray arrived = new AtomicIntegerArray(meetings);
    AtomicInteger early = new AtomicInteger();
    ThreadCrew[] crew = new ThreadCrew[1];
    crew[0] = new ThreadCrew(workers, worker -> {
      for (int meeting = 0; meeting < meetings; meeting++) {
        arrived.incrementAndGet(meeting);
        crew[0].meet();
        if (arrived.get(meeting) != workers) {
          early.incrementAndGet();
        }
      }
    });
    try (ThreadCrew open = crew[0]) {
      open.run();
    }
    assertThat(early).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void theFailureOfAnyWorkerReachesTheCallerAndTheNextRunIsClean(int failing) {
    IllegalStateException failure = new IllegalStateException("of worker " + failing);
    boolean[] fails = {true};
    ThreadCrew crew = new ThreadCrew(3, worker -> {
      if (fails[0] && worker == failing) {
        throw failure;
      }
    });
    try (crew) {
      assertThatThrownBy(crew::run).isSameAs(failure);
      assertThat(crew.failed()).isTrue();
      fails[0] = false;
      crew.run();
      assertThat(crew.failed()).isFalse();
    }
  }

  @Test
  void anErrorReachesTheCallerAsItIs() {
    StackOverflowError error = new StackOverflowError();
    try (ThreadCrew crew = new ThreadCrew(2, worker -> {
      if (worker == 1) {
        throw error;
      }
    })) {
      assertThatThrownBy(crew::run).isSameAs(error);
    }
  }

  @Test
  void ofSeveralFailuresTheFirstIsTold() {
    IllegalStateException first = new IllegalStateException("first");
    ThreadCrew[] crew = new ThreadCrew[1];
    crew[0] = new ThreadCrew(2, worker -> {
      if (worker == 1) {
        crew[0].fail(first);
      }
      crew[0].meet();
      throw new IllegalStateException("a consequence, of worker " + worker);
    });
    try (ThreadCrew open = crew[0]) {
      assertThatThrownBy(open::run).isSameAs(first);
    }
  }

  @Test
  void anIdleCrewSleepsAndWakesForTheNextRun() {
    Collection<Thread> members = new ConcurrentLinkedQueue<>();
    AtomicInteger runs = new AtomicInteger();
    try (ThreadCrew crew = new ThreadCrew(3, worker -> {
      runs.incrementAndGet();
      if (worker > 0) {
        members.add(Thread.currentThread());
      }
    })) {
      for (int run = 1; run <= 3; run++) {
        crew.run();
        assertThat(runs).hasValue(3 * run);
        awaitTrue(() -> members.stream().allMatch(thread -> thread.getState() == Thread.State.WAITING));
      }
    }
  }

  @Test
  void closingEndsTheThreadsOfACrewThatSleepsAndOfOneThatNeverRan() throws InterruptedException {
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    ThreadCrew asleep = new ThreadCrew(3, worker -> { });
    ThreadCrew unused = new ThreadCrew(2, worker -> { });
    asleep.run();
    Collection<Thread> members = Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !before.contains(thread) && thread.getName().startsWith("terraformer-worker")).toList();
    assertThat(members).hasSize(3);
    asleep.close();
    asleep.close();
    unused.close();
    for (Thread member : members) {
      member.join();
    }
  }

  private static void awaitTrue(Supplier<Boolean> condition) {
    while (!condition.get()) {
      Thread.yield();
    }
  }
}
