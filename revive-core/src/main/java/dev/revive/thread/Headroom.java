// SPDX-License-Identifier: Apache-2.0
package dev.revive.thread;

/**
 * How much of the calling thread's stack is left. The engine's own work runs on the stacks of those who call it, and they may be in deep recursion.
 * An overflow between two lines that belong together, or inside a lock, would leave what others share in pieces; so the engine asks at its door,
 * where nothing has been touched, whether there is room for all that may follow, a write to the database by a leader included.
 *
 * <p>There is no way in Java to ask, but one to try: calls nested so deep that they take that much. It costs half a microsecond. What is not
 * compiled yet takes three times as much of the stack as what is, in the engine.
 */
public final class Headroom {
    /** What a call takes at least: 688 bytes where the best compiler has it, 700 and more where it has not. */
    private static final int FRAME = 640;

    /** The first step of a process, with classes and a driver that nobody had loaded yet, took less than 28 kB; any later one, less than 6. */
    private static final int NEEDED = 40 * 1_024;

    private Headroom() {}

    /**
     * Throws here, before anything is touched, what would else be thrown anywhere.
     *
     * @throws StackOverflowError if too little of the stack is left for a call of the engine
     */
    public static void require() {
        nest(
                NEEDED / FRAME,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0);
    }

    /** The numbers only make the frame larger. Calls with few of them, and so many more calls, would take three times as long. */
    private static long nest(
            int calls,
            long a0,
            long b0,
            long c0,
            long d0,
            long e0,
            long f0,
            long g0,
            long h0,
            long i0,
            long j0,
            long a1,
            long b1,
            long c1,
            long d1,
            long e1,
            long f1,
            long g1,
            long h1,
            long i1,
            long j1,
            long a2,
            long b2,
            long c2,
            long d2,
            long e2,
            long f2,
            long g2,
            long h2,
            long i2,
            long j2,
            long a3,
            long b3,
            long c3,
            long d3,
            long e3,
            long f3,
            long g3,
            long h3,
            long i3,
            long j3) {
        return calls == 0
                ? a0
                : nest(
                                calls - 1, a0, b0, c0, d0, e0, f0, g0, h0, i0, j0, a1, b1, c1, d1, e1, f1, g1, h1, i1,
                                j1, a2, b2, c2, d2, e2, f2, g2, h2, i2, j2, a3, b3, c3, d3, e3, f3, g3, h3, i3, j3)
                        + a0;
    }
}
