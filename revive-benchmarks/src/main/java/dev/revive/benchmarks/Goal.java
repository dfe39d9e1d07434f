// SPDX-License-Identifier: Apache-2.0
package dev.revive.benchmarks;

/**
 * What is to be reached.
 *
 * @param sense whether more or less is better
 * @param bound the least or the most
 */
record Goal(Sense sense, double bound) {
    enum Sense {
        AT_LEAST,
        AT_MOST
    }

    static Goal atLeast(double bound) {
        return new Goal(Sense.AT_LEAST, bound);
    }

    static Goal atMost(double bound) {
        return new Goal(Sense.AT_MOST, bound);
    }

    boolean isReachedBy(double value) {
        return sense == Sense.AT_LEAST ? value >= bound : value <= bound;
    }

    String text() {
        return (sense == Sense.AT_LEAST ? "at least " : "at most ") + Series.number(bound);
    }
}
