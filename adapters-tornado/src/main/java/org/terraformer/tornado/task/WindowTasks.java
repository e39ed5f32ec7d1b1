package org.terraformer.tornado.task;

import java.util.ArrayList;
import java.util.List;
import org.terraformer.ports.operation.AttentionWindow;
import org.terraformer.ports.operation.ChunkedAttention;
import org.terraformer.tornado.kernel.DeviceCache;
import org.terraformer.tornado.kernel.KernelSite;
import org.terraformer.tornado.kernel.KernelTask;
import org.terraformer.tornado.kernel.RunParameters;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.common.TaskPackage;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

/** Attention within a window of chunks. */
final class WindowTasks {
  private WindowTasks() {}

  static List<KernelTask> chunked(KernelSite site) {
    ChunkedAttention operation = (ChunkedAttention) site.step().operation();
    AttentionWindow window = operation.window();
    List<KernelTask> tasks = new ArrayList<>();
    DeviceCache keys = site.noCache();
    DeviceCache values = site.noCache();
    if (window.causal()) {
      keys = site.cache(4);
      values = site.cache(5);
      tasks.add(AttentionTasks.remember(site, 1, 3, keys, values));
    }
    IntArray marks = window.causal() || window.masked() ? site.ints(3) : site.allocateInts(1);
    int rows = window.causal() ? site.limits().contextLength() : site.limits().rows();
    long most = window.chunkLength() == 0 ? rows : (long) window.chunks() * Math.min(rows, window.chunkLength());
    long groups = AttentionTasks.groups((long) (window.causal() ? site.limits().sequences() : site.limits().rows()) * operation.heads());
    TaskPackage attend = TaskPackage.createPackage(site.taskName(""), WindowTasks::attend, site.context(), site.run(),
        SeenKeys.sizes(site, operation.heads(), window, most, 0), site.floats(0), site.floats(1), site.floats(2), marks, keys.floats(),
        keys.halves(), values.floats(), values.halves(), site.allocateInts(groups * most), site.allocateFloats(groups * most), site.result());
    tasks.add(KernelTask.perRow(attend, groups));
    return tasks;
  }

  static void attend(KernelContext context, IntArray run, IntArray sizes, FloatArray queries, FloatArray keys, FloatArray values,
      IntArray marks, FloatArray keyFloats, ShortArray keyHalves, FloatArray valueFloats, ShortArray valueHalves, IntArray seen,
      FloatArray scores, FloatArray y) {
    float[] partial = context.allocateFloatLocalArray(KernelTask.GROUP);
    int heads = sizes.get(SeenKeys.HEADS);
    int causal = sizes.get(SeenKeys.CAUSAL);
    int chunk = sizes.get(SeenKeys.CHUNK);
    int length = run.get(RunParameters.LENGTH);
    int all = run.get(RunParameters.SEQUENCES) * length * heads;
    int groups = context.globalGroupSizeX / context.localGroupSizeX;
    int mine = context.groupIdx * sizes.get(SeenKeys.MOST);
    for (int work = context.groupIdx; work < all; work += groups) {
      int row = work / heads;
      int sequence = row / length;
      int position = row % length;
      int base = sequence * length;
      int source = SeenKeys.OF_RUN;
      int count = 0;
      if (causal != 0) {
        position += marks.get(sequence);
        base = (run.get(RunParameters.FIRST_SLOT) + sequence) * sizes.get(SeenKeys.CONTEXT);
        source = SeenKeys.OF_CACHE;
        int first = 0;
        if (chunk > 0) {
          first = (position / chunk - sizes.get(SeenKeys.BEFORE)) * chunk;
          if (first < 0) {
            first = 0;
          }
        }
        count = position + 1 - first;
        for (int j = context.localIdx; j < count; j += context.localGroupSizeX) {
          seen.set(mine + j, first + j);
        }
      } else if (chunk == 0) {
        count = length;
        for (int j = context.localIdx; j < count; j += context.localGroupSizeX) {
          seen.set(mine + j, j);
        }
      } else {
        count = SeenKeys.around(context, sizes, seen, mine, 0, position / chunk, length, -1);
      }
      context.globalBarrier();
      SeenKeys.attend(context, partial, sizes, queries, keys, values, marks, keyFloats, keyHalves, valueFloats, valueHalves, seen, mine,
          scores, mine, count, y, row, work % heads, position, source, base, sizes.get(SeenKeys.SELF));
    }
  }
}
