// SPDX-License-Identifier: Apache-2.0
package dev.revive.benchmarks;

import java.util.Arrays;

/** Notes when each effect of a workflow begins: from one to the next is all that a step costs. Used by one workflow at a time. */
final class Stamps implements Effect {
    private final long[] begun;

    Stamps(int steps) {
        this.begun = new long[steps];
    }

    @Override
    public String run(int number) {
        begun[number - 1] = System.nanoTime();
        return ANSWER;
    }

    /** The median time from one of the first so many effects to the next. */
    double medianMicros(int steps) {
        long[] between = new long[steps - 1];
        for (int i = 0; i < between.length; i++) {
            between[i] = begun[i + 1] - begun[i];
        }
        Arrays.sort(between);
        return between[between.length / 2] / 1e3;
    }

    /** The mean time of a step between these two. */
    double meanMicros(int first, int last) {
        return (begun[last - 1] - begun[first - 1]) / 1e3 / (last - first);
    }
}
