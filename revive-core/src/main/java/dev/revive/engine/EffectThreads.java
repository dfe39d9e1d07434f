// SPDX-License-Identifier: Apache-2.0
package dev.revive.engine;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/** The threads inside an effect: the only ones that Revive ever interrupts, and only while they are there. */
final class EffectThreads {
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<Thread> inside = new HashSet<>();
    private final Set<Thread> interrupted = new HashSet<>();

    /** The calling thread may be interrupted from here on, unless the check throws. */
    void begin(Runnable check) {
        lock.lock();
        try {
            check.run();
            inside.add(Thread.currentThread());
        } finally {
            lock.unlock();
        }
    }

    /** An interrupt of ours does not outlive the effect; one of the user's does. */
    void end() {
        lock.lock();
        try {
            inside.remove(Thread.currentThread());
            if (interrupted.remove(Thread.currentThread())) {
                Thread.interrupted();
            }
        } finally {
            lock.unlock();
        }
    }

    void interrupt(Thread thread) {
        lock.lock();
        try {
            if (inside.contains(thread)) {
                interrupted.add(thread);
                thread.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }

    void interruptAll() {
        lock.lock();
        try {
            for (Thread thread : inside) {
                interrupted.add(thread);
                thread.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }
}
