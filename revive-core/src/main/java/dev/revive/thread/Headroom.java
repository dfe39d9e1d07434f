// SPDX-License-Identifier: Apache-2.0
package dev.revive.thread;

/**
 * How much of the calling thread's stack is left. The engine's own work runs on the stacks of those who call it, and they may be in deep recursion.
 * An overflow between two lines that belong together, or inside a lock, would leave what others share in pieces; so the engine asks at its door,
 * where nothing has been touched, whether there is room for all that may follow.
 *
 * <p>There is no way in Java to ask, but one to try: calls nested so deep that they take that much. What is not compiled yet takes twice as much of
 * the stack as what is, here and in the engine.
 */
public final class Headroom {
    /** What a call takes at least: 656 bytes and more with either compiler, 1,384 with none. */
    private static final int FRAME = 640;

    /**
     * The first step of a process, with classes and a driver that nobody had loaded yet, took less than 28 kB. Most later ones take less than 6, but a
     * road that is taken for the first time may be met at any.
     */
    private static final int AMPLE = 40 * 1_024;

    private static final long[] NUMBERS = new long[80];

    private Headroom() {}

    /**
     * Throws here, before anything is touched, what would else be thrown anywhere.
     *
     * @throws StackOverflowError if too little of the stack is left for a call of the engine
     */
    public static void require() {
        nest(AMPLE / FRAME, NUMBERS);
    }

    /** Whether there is room for a conversation with the database, with a connection that has to be opened anew. */
    public static boolean isAmple() {
        try {
            nest(AMPLE / FRAME, NUMBERS);
            return true;
        } catch (StackOverflowError e) {
            return false;
        }
    }

    /** The numbers make the frame of each call as large as the innermost needs it, which alone takes the time to read them. */
    private static long nest(int calls, long[] numbers) {
        if (calls != 1) {
            return calls == 0 ? 0 : nest(calls - 1, numbers);
        }
        long a0 = numbers[0],
                b0 = numbers[1],
                c0 = numbers[2],
                d0 = numbers[3],
                e0 = numbers[4],
                f0 = numbers[5],
                g0 = numbers[6],
                h0 = numbers[7],
                i0 = numbers[8],
                j0 = numbers[9];
        long a1 = numbers[10],
                b1 = numbers[11],
                c1 = numbers[12],
                d1 = numbers[13],
                e1 = numbers[14],
                f1 = numbers[15],
                g1 = numbers[16],
                h1 = numbers[17],
                i1 = numbers[18],
                j1 = numbers[19];
        long a2 = numbers[20],
                b2 = numbers[21],
                c2 = numbers[22],
                d2 = numbers[23],
                e2 = numbers[24],
                f2 = numbers[25],
                g2 = numbers[26],
                h2 = numbers[27],
                i2 = numbers[28],
                j2 = numbers[29];
        long a3 = numbers[30],
                b3 = numbers[31],
                c3 = numbers[32],
                d3 = numbers[33],
                e3 = numbers[34],
                f3 = numbers[35],
                g3 = numbers[36],
                h3 = numbers[37],
                i3 = numbers[38],
                j3 = numbers[39];
        long a4 = numbers[40],
                b4 = numbers[41],
                c4 = numbers[42],
                d4 = numbers[43],
                e4 = numbers[44],
                f4 = numbers[45],
                g4 = numbers[46],
                h4 = numbers[47],
                i4 = numbers[48],
                j4 = numbers[49];
        long a5 = numbers[50],
                b5 = numbers[51],
                c5 = numbers[52],
                d5 = numbers[53],
                e5 = numbers[54],
                f5 = numbers[55],
                g5 = numbers[56],
                h5 = numbers[57],
                i5 = numbers[58],
                j5 = numbers[59];
        long a6 = numbers[60],
                b6 = numbers[61],
                c6 = numbers[62],
                d6 = numbers[63],
                e6 = numbers[64],
                f6 = numbers[65],
                g6 = numbers[66],
                h6 = numbers[67],
                i6 = numbers[68],
                j6 = numbers[69];
        long a7 = numbers[70],
                b7 = numbers[71],
                c7 = numbers[72],
                d7 = numbers[73],
                e7 = numbers[74],
                f7 = numbers[75],
                g7 = numbers[76],
                h7 = numbers[77],
                i7 = numbers[78],
                j7 = numbers[79];
        return nest(0, numbers) // so that they must be kept meanwhile
                + a0
                + b0
                + c0
                + d0
                + e0
                + f0
                + g0
                + h0
                + i0
                + j0
                + a1
                + b1
                + c1
                + d1
                + e1
                + f1
                + g1
                + h1
                + i1
                + j1
                + a2
                + b2
                + c2
                + d2
                + e2
                + f2
                + g2
                + h2
                + i2
                + j2
                + a3
                + b3
                + c3
                + d3
                + e3
                + f3
                + g3
                + h3
                + i3
                + j3
                + a4
                + b4
                + c4
                + d4
                + e4
                + f4
                + g4
                + h4
                + i4
                + j4
                + a5
                + b5
                + c5
                + d5
                + e5
                + f5
                + g5
                + h5
                + i5
                + j5
                + a6
                + b6
                + c6
                + d6
                + e6
                + f6
                + g6
                + h6
                + i6
                + j6
                + a7
                + b7
                + c7
                + d7
                + e7
                + f7
                + g7
                + h7
                + i7
                + j7;
    }
}
