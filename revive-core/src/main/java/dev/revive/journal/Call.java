// SPDX-License-Identifier: Apache-2.0
package dev.revive.journal;

import dev.revive.store.StepKey;
import dev.revive.store.StepRecord;
import dev.revive.workflow.CallKind;
import org.jspecify.annotations.Nullable;

/**
 * A durable call that the program asks for now.
 *
 * @param key its place
 * @param kind its kind
 * @param recorded what earlier runs recorded there, or null
 */
public record Call(StepKey key, CallKind kind, @Nullable StepRecord recorded) {
    /**
     * Whether its outcome is recorded, so that nothing is left to do.
     *
     * @return true if the record is final
     */
    public boolean hasOutcome() {
        return recorded != null && recorded.status().isFinal();
    }
}
