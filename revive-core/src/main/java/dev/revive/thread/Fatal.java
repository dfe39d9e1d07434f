// SPDX-License-Identifier: Apache-2.0
package dev.revive.thread;

/** Tells errors of the platform from failures of user code. */
public final class Fatal {
    private Fatal() {}

    /**
     * Whether this says nothing about the step or workflow in which it surfaced: out of memory, a stack overflow, a class that cannot be linked.
     * Such a thing is never an outcome.
     */
    public static boolean isFatal(Throwable thrown) {
        return thrown instanceof VirtualMachineError || thrown instanceof LinkageError;
    }
}
