// SPDX-License-Identifier: Apache-2.0
package dev.revive.thread;

import java.util.concurrent.Semaphore;

/**
 * How many threads run user code at the same time. A run's own thread needs a permit; one that helps it with its branches, besides, one of fewer. So
 * however wide a parallel is, there is a share left for the own threads of other runs, and no long line of helpers before them.
 */
public final class Permits {
    private final Semaphore all;
    private final Semaphore ofHelpers;

    public Permits(int number) {
        all = new Semaphore(number);
        ofHelpers = new Semaphore(helpersAmong(number));
    }

    /** How many of a number are for helpers, at most: an eighth, but at least one, is left for other runs, and one for the run that they help. */
    static int helpersAmong(int number) {
        return Math.max(1, number - 1 - Math.max(1, number / 8));
    }

    public void acquire() {
        all.acquireUninterruptibly();
    }

    public void release() {
        all.release();
    }

    public void acquireToHelp() {
        ofHelpers.acquireUninterruptibly();
        all.acquireUninterruptibly();
    }

    public void releaseOfHelper() {
        all.release();
        ofHelpers.release();
    }
}
