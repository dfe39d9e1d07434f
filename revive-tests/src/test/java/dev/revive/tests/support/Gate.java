// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A place where an effect waits, and a test that knows it is there. */
public final class Gate {
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch opened = new CountDownLatch(1);

    /** Says that somebody is here, and waits until the gate is open. */
    public void pass() throws InterruptedException {
        reached.countDown();
        assertThat(opened.await(TestBed.PATIENCE.toMillis(), TimeUnit.MILLISECONDS))
                .as("the gate was opened")
                .isTrue();
    }

    /** The same, for an effect that does not listen to interrupts. Whether it was interrupted. */
    public boolean passUninterruptibly() {
        boolean interrupted = false;
        while (true) {
            try {
                pass();
                return interrupted;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
    }

    /** Says that somebody is here. */
    public void reach() {
        reached.countDown();
    }

    /** Waits until somebody is here. */
    public void awaitReached() {
        try {
            assertThat(reached.await(TestBed.PATIENCE.toMillis(), TimeUnit.MILLISECONDS))
                    .as("the gate was reached")
                    .isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError("Nobody interrupts a test.", e);
        }
    }

    /** Waits until somebody is here, but not longer than this; an interrupt ends it. */
    public boolean awaitReachedOr(Duration timeout) throws InterruptedException {
        return reached.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Lets everybody pass, now and later. */
    public void open() {
        opened.countDown();
    }
}
