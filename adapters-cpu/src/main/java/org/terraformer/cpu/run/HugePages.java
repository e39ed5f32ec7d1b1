package org.terraformer.cpu.run;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;

/**
 * Memory in pages of 2 MiB, where the operating system has them: reads then wait less often for the address of a page. Huge pages must be
 * asked for before the memory is first written to, and an arena writes zeros to all that it allocates. So on Linux the memory is mapped here,
 * and the system clears each page when it is first touched.
 */
public final class HugePages {
  private static final long SIZE = 1 << 21;
  /** About as much as processors find the addresses of without huge pages. */
  private static final long LEAST = 4 * SIZE;
  private static final int READ_AND_WRITE = 3;
  private static final int PRIVATE_AND_ANONYMOUS = 0x22;
  private static final int ADVICE = 14;
  private static final long FAILED = -1;

  private HugePages() {}

  /** Memory of zeros that lives as long as the arena: if it is large in huge pages, as far as the system has them. */
  public static MemorySegment allocate(long bytes, long alignment, Arena arena) {
    long whole = (bytes + SIZE - 1) / SIZE * SIZE;
    long mapped = bytes < LEAST || Calls.MAP == null ? FAILED : Calls.map(whole + SIZE);
    if (mapped == FAILED) {
      return arena.allocate(bytes, alignment);
    }
    MemorySegment all = MemorySegment.ofAddress(mapped).reinterpret(whole + SIZE, arena, memory -> Calls.unmap(memory.address(), whole + SIZE));
    MemorySegment pages = all.asSlice((mapped + SIZE - 1) / SIZE * SIZE - mapped, whole);
    Calls.advise(pages.address(), whole);
    return pages.asSlice(0, bytes);
  }

  /** The system's own functions; none on other systems than Linux. */
  private static final class Calls {
    private static final boolean LINUX = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux");
    private static final MethodHandle MAP = handle("mmap", FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG,
        ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));
    private static final MethodHandle ADVISE = handle("madvise",
        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));
    private static final MethodHandle UNMAP = handle("munmap",
        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));

    private static MethodHandle handle(String name, FunctionDescriptor descriptor) {
      Linker linker = Linker.nativeLinker();
      return LINUX ? linker.defaultLookup().find(name).map(symbol -> linker.downcallHandle(symbol, descriptor)).orElse(null) : null;
    }

    private static long map(long bytes) {
      try {
        return (long) MAP.invokeExact(0L, bytes, READ_AND_WRITE, PRIVATE_AND_ANONYMOUS, -1, 0L);
      } catch (Throwable e) {
        throw new IllegalStateException("mmap can't be called", e);
      }
    }

    /** A refusal leaves small pages. */
    private static void advise(long address, long bytes) {
      try {
        int refused = (int) ADVISE.invokeExact(address, bytes, HugePages.ADVICE);
        assert refused == 0 || refused == -1;
      } catch (Throwable e) {
        throw new IllegalStateException("madvise can't be called", e);
      }
    }

    private static void unmap(long address, long bytes) {
      try {
        int failed = (int) UNMAP.invokeExact(address, bytes);
        assert failed == 0;
      } catch (Throwable e) {
        throw new IllegalStateException("munmap can't be called", e);
      }
    }
  }
}
