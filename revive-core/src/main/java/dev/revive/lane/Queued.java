// SPDX-License-Identifier: Apache-2.0
package dev.revive.lane;

import dev.revive.store.Answer;
import dev.revive.store.Operation;

/** An operation on its way to the store. Its receipt hears once what became of it; by who has it in hand, and one thread has at a time. */
final class Queued {
    private final Operation operation;
    private final Receipt receipt;
    private final int chars;
    private boolean isTold;

    Queued(Operation operation, Receipt receipt) {
        this.operation = operation;
        this.receipt = receipt;
        this.chars = operation.chars();
    }

    Operation operation() {
        return operation;
    }

    /** About its size. */
    int chars() {
        return chars;
    }

    /** Whether nothing more of its writer may be written. */
    boolean isVoid() {
        return receipt.isVoid();
    }

    /** It was committed, with this answer. */
    void tell(Answer answer) {
        if (!isTold) {
            receipt.answered(answer);
            isTold = true; // last: a receipt that could not hear this is to hear that all is over
        }
    }

    /** It was not written, and never will be by this lane. Does nothing if that is no longer so. */
    void lose(Throwable why) {
        if (!isTold) {
            isTold = true;
            receipt.lost(why);
        }
    }
}
