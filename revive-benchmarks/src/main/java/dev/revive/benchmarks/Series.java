// SPDX-License-Identifier: Apache-2.0
package dev.revive.benchmarks;

import java.util.Arrays;
import java.util.Locale;

/**
 * What was measured of one contestant, one value a round.
 *
 * @param who the contestant
 * @param unit of the values
 * @param values in the order of the rounds, one at least
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, and nobody changes the values
record Series(String who, String unit, double... values) {
    double median() {
        double[] sorted = sorted();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    double min() {
        return sorted()[0];
    }

    double max() {
        return sorted()[values.length - 1];
    }

    private double[] sorted() {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted;
    }

    /** The median, and between which values all rounds were. */
    String text() {
        return "%s: %s %s (%s..%s)".formatted(who, number(median()), unit, number(min()), number(max()));
    }

    static String number(double value) {
        String format = Math.abs(value) >= 100 ? "%,.0f" : Math.abs(value) >= 10 ? "%,.1f" : "%,.2f";
        return String.format(Locale.ROOT, format, value);
    }
}
