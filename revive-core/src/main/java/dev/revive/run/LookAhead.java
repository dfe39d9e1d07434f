// SPDX-License-Identifier: Apache-2.0
package dev.revive.run;

import dev.revive.store.Join;
import java.util.List;

/**
 * What earlier runs recorded of a race, or of a parallel within one, that nothing says is decided, found by a look ahead: the function is run once as far as it is recorded, before it is run
 * in earnest. Nothing is written in it, and nothing begins.
 *
 * @param ended the indexes of the branches whose records go to their end, the first to count first
 * @param ends their letters
 * @param holding the indexes of those that have received something and have neither ended nor gone on since, be it in a parallel of their own
 * @param isWon whether what ended decides it, and has received something: then it is the branch around it that holds that
 */
public record LookAhead(List<Integer> ended, Join ends, List<Integer> holding, boolean isWon) {
    /** Whether the records of this branch go to its end: it ends without another call. */
    public boolean hasEnded(int index) {
        return ends.end(index) == Join.COMPLETED || ends.end(index) == Join.FAILED;
    }
}
