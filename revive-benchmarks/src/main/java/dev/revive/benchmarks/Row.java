// SPDX-License-Identifier: Apache-2.0
package dev.revive.benchmarks;

import java.util.List;

/** One kind of work: sets it up, lets the contestants take turns at it, and says what came of it. */
interface Row {
    /** What {@code --only} calls it. */
    String name();

    List<Finding> measure(Lab lab) throws Exception;
}
