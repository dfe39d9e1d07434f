// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.revive.thread.Headroom;
import org.junit.jupiter.api.Test;

/** What the JVM's compilers make of the try does not make it smaller. */
class HeadroomTests {
    private static final int LARGE = 5 << 20;
    private static final int SMALL = 1 << 20;
    private static final int UNTIL_ALL_IS_COMPILED = 20;

    /** Goes down to the end of a stack, and sees from where on there was too little of it. */
    private static final class Descent {
        private int frames;
        private int ampleUntil;

        static Descent on(int stackSize) throws InterruptedException {
            Descent descent = new Descent();
            Thread thread = new Thread(null, descent::toTheEnd, "descent", stackSize);
            thread.start();
            thread.join();
            return descent;
        }

        private void toTheEnd() {
            try {
                deeper();
            } catch (StackOverflowError e) {
                // it was to come
            }
        }

        private void deeper() {
            frames++;
            if (ampleUntil == frames - 1 && Headroom.isAmple()) {
                ampleUntil = frames;
            }
            deeper();
        }
    }

    @Test
    void whereThereIsSaidToBeTooLittleLessThanTwiceAsMuchIsLeftAndWhereThereIsEnoughNotLess()
            throws InterruptedException {
        for (int i = 0; i < UNTIL_ALL_IS_COMPILED; i++) {
            Descent.on(LARGE);
        }

        Descent small = Descent.on(SMALL);
        Descent large = Descent.on(LARGE);

        int frame = (LARGE - SMALL) / (large.frames - small.frames);
        assertThat((large.frames - large.ampleUntil) * frame).isBetween(39 * 1_024, 80 * 1_024);
    }
}
