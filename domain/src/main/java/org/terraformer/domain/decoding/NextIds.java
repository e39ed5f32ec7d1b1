package org.terraformer.domain.decoding;

/** How the next id of each sequence is found after a run. */
interface NextIds {

  /** Reads what the last run computed for so many sequences. */
  void read(int sequences);

  /** Lets a sequence have what was computed for the first. */
  void copyFirst(int sequence);

  /** The next id of a sample, by its slot. */
  int choose(GrowingSample sample);

  /** The logarithm of the probability that an id has in a slot. */
  double logProbability(int slot, int id);
}
