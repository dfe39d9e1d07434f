// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

/** A side effect without a value. */
@FunctionalInterface
public interface Action {
    /**
     * Acts on the outside world.
     *
     * @throws Exception to fail this attempt
     */
    void run() throws Exception;
}
