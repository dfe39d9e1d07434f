// SPDX-License-Identifier: Apache-2.0
package dev.revive.benchmarks;

/** What every step of every contestant does. */
interface Effect {
    /** Forty characters: about what a step that books or sends something answers. */
    String ANSWER = "booked as 2026-11-25/0000-0000-0000-0042";

    Effect TRIVIAL = number -> ANSWER;

    /**
     * The step's effect.
     *
     * @param number the step's, from 1
     */
    String run(int number) throws Exception;
}
