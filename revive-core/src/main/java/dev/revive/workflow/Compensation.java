// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import org.jspecify.annotations.Nullable;

/**
 * Undoes a step.
 *
 * @param <T> the type of the step's result
 */
@FunctionalInterface
public interface Compensation<T extends @Nullable Object> {
    /**
     * Undoes it; may be called more than once, as any step.
     *
     * @param undo what it is to undo
     * @throws Exception to fail; another attempt follows, as its options say
     */
    void run(Undo<T> undo) throws Exception;
}
