package org.terraformer.app.cli;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.terraformer.ports.failure.InvalidInputException;

/** A number of bytes as people write it: {@code 2GB}, {@code 1.5GiB}, {@code 500000}. */
final class ByteSize {
  private static final Pattern SIZE = Pattern.compile("(\\d{1,18}(?:\\.\\d{1,9})?) ?([KMGT]?I?B?)");
  private static final Map<Character, Integer> POWERS = Map.of('K', 1, 'M', 2, 'G', 3, 'T', 4);

  private ByteSize() {}

  /**
   * @param option the option's name, for the message
   * @throws InvalidInputException if it is not a size of at least one byte
   */
  static long parse(String option, String value) {
    Matcher matcher = SIZE.matcher(value.strip().toUpperCase(Locale.ROOT));
    if (matcher.matches()) {
      String unit = matcher.group(2);
      int power = unit.isEmpty() ? 0 : POWERS.getOrDefault(unit.charAt(0), 0);
      BigDecimal step = BigDecimal.valueOf(unit.contains("I") ? 1024 : 1000);
      BigDecimal bytes = new BigDecimal(matcher.group(1)).multiply(step.pow(power));
      if (bytes.compareTo(BigDecimal.ONE) >= 0 && bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0) {
        return bytes.longValue();
      }
    }
    throw InvalidInputException.of("%s is %s but must be a size as 500MB, 2GB or 1.5GiB.", option, value);
  }
}
