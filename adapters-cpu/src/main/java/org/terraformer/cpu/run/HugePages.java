package org.terraformer.cpu.run;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;

/** Memory in pages of 2 MiB, where the operating system has them: a streaming read then waits less often for the address of a page. */
public final class HugePages {
  private static final long SIZE = 1 << 21;
  private static final int LINUX_ADVICE = 14;

  private HugePages() {}

  /** Memory that begins at a huge page. The pages are asked for and come when they are written to first; nothing is promised. */
  public static MemorySegment allocate(long bytes, Arena arena) {
    MemorySegment memory = arena.allocate((bytes + SIZE - 1) / SIZE * SIZE, SIZE);
    if (System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux")) {
      ask(memory);
    }
    return memory.asSlice(0, bytes);
  }

  private static void ask(MemorySegment memory) {
    Linker linker = Linker.nativeLinker();
    linker.defaultLookup().find("madvise").ifPresent(symbol -> {
      MethodHandle advise = linker.downcallHandle(symbol,
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));
      try {
        int refused = (int) advise.invokeExact(memory, memory.byteSize(), LINUX_ADVICE);
        assert refused == 0 || refused == -1;
      } catch (Throwable e) {
        throw new IllegalStateException("madvise can't be called", e);
      }
    });
  }
}
