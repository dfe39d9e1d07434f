// SPDX-License-Identifier: Apache-2.0
package dev.revive.thread;

/**
 * How much of the calling thread's stack is left. The engine's own work runs on the stacks of those who call it, and they may be in deep recursion.
 * An overflow between two lines that belong together, or inside a lock, would leave what others share in pieces; so the engine asks at its door,
 * where nothing has been touched, whether there is room for all that may follow, a write to the database by a leader included.
 *
 * <p>There is no way in Java to ask, but one to try: calls nested so deep that they take that much. It costs one or two microseconds. What is not
 * compiled yet takes three times as much of the stack, the engine as well as the calls that try it.
 */
public final class Headroom {
    /** What a call takes at least: two share a frame of 96 bytes where the best compiler has them. */
    private static final int FRAME = 48;

    /** The first step of a process, with classes and a driver that nobody had loaded yet, took less than 28 kB; any later one, less than 6. */
    private static final int NEEDED = 40 * 1_024;

    private Headroom() {}

    /**
     * Throws here, before anything is touched, what would else be thrown anywhere.
     *
     * @throws StackOverflowError if too little of the stack is left for a call of the engine
     */
    public static void require() {
        nest(NEEDED / FRAME, 1, 2, 3, 4);
    }

    /** The numbers only make the frame larger: two calls for as much would take twice the time. */
    private static long nest(int calls, long a, long b, long c, long d) {
        return calls == 0 ? 0 : nest(calls - 1, b, c, d, a) + (a ^ b ^ c ^ d);
    }
}
