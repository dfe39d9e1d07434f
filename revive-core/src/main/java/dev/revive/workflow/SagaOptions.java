// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

/**
 * How a saga undoes.
 *
 * @param isInParallel whether all compensations run at the same time, rather than one after the other, the last step's first
 */
public record SagaOptions(boolean isInParallel) {
    /**
     * One after the other, the last step's first.
     *
     * @return the defaults
     */
    public static SagaOptions inReverse() {
        return new SagaOptions(false);
    }

    /**
     * All at the same time.
     *
     * @return the options
     */
    public static SagaOptions inParallel() {
        return new SagaOptions(true);
    }
}
