package org.terraformer.domain.offender;

import me.tongfei.progressbar.ProgressBar;

/** Breaks a rule of the architecture on purpose. */
public final class ShowsProgressBars {
  private ShowsProgressBars() {}

  static ProgressBar bar;
}
