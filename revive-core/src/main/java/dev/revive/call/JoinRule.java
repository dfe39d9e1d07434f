// SPDX-License-Identifier: Apache-2.0
package dev.revive.call;

import dev.revive.codec.Documents;
import dev.revive.store.Join;
import dev.revive.workflow.FailurePolicy;
import dev.revive.workflow.ParallelOptions;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * When a parallel is decided: as soon as so many branches have completed, or more than so many have failed. Pure.
 *
 * @param enough of those that complete
 * @param tolerated of those that fail
 * @param hasWinner whether the first that completed is who counts
 * @param isRace whether the others are cut off once it is decided, rather than awaited
 * @param isTimeLimit whether it is a block and its timer, of which the first that ends decides, and which fails for nobody
 */
record JoinRule(int enough, int tolerated, boolean hasWinner, boolean isRace, boolean isTimeLimit) {
    /** The end of a branch. */
    record End(int index, char letter) {}

    /** All count; of those that fail the first. */
    static JoinRule all(int branches, ParallelOptions options) {
        return new JoinRule(branches, 0, false, options.failurePolicy() == FailurePolicy.CANCEL_SIBLINGS, false);
    }

    /** The first that ends, however it does. */
    static JoinRule firstToEnd() {
        return new JoinRule(1, 0, true, true, false);
    }

    /** The first that completes; it fails if none does. */
    static JoinRule firstToSucceed(int branches) {
        return new JoinRule(1, branches - 1, true, true, false);
    }

    /** A block and its timer. */
    static JoinRule within() {
        return new JoinRule(1, 0, false, true, true);
    }

    /** As the options say; without a word all count, and may fail. */
    static JoinRule outcomes(int branches, ParallelOptions options) {
        int enough = Math.min(options.enough().orElse(branches), branches);
        int most = options.enough().isPresent() ? branches - enough : branches;
        int tolerated = Math.min(options.toleratedOf(branches), most);
        return new JoinRule(enough, tolerated, false, enough < branches || tolerated < branches, false);
    }

    /**
     * What came of it.
     *
     * @param first whose end made the difference, {@link Join#NONE} if all count
     * @param after how many ends decided it: what comes later comes too late
     */
    record Verdict(int first, int after) {}

    /** Whether so many ends decide nothing, in whatever order they came. */
    boolean isOpen(int completed, int failed) {
        return completed < enough && failed <= tolerated;
    }

    /**
     * What came of it.
     *
     * @param ends in the order in which they came
     * @return null as long as it is open
     */
    @Nullable
    Verdict verdict(List<End> ends) {
        int completed = 0;
        int failed = 0;
        int winner = Join.NONE;
        int loser = Join.NONE;
        for (End end : ends) {
            if (end.letter() == Join.COMPLETED) {
                winner = completed++ == 0 ? end.index() : winner;
            } else {
                loser = failed++ == 0 ? end.index() : loser;
            }
            if (completed >= enough) {
                return new Verdict(hasWinner ? winner : Join.NONE, completed + failed);
            }
            if (failed > tolerated) {
                return new Verdict(isTimeLimit ? Join.NONE : loser, completed + failed);
            }
        }
        return null;
    }

    /** As it is recorded of a race: what it waits for. */
    String detail() {
        String until = isTimeLimit ? "time limit" : hasWinner ? tolerated == 0 ? "first" : "first success" : "decided";
        return Documents.write(Map.of("until", until));
    }

    /** For those that are cut off. */
    String reason(Join decision) {
        if (isTimeLimit) {
            return decision.end(0) == Join.AT_WORK ? "its time was up" : "what it limits has ended";
        }
        if (decision.first() == Join.NONE) {
            return "enough other branches have completed";
        }
        return "branch %s %s".formatted(decision.first() + 1, decision.isFailure() ? "has failed" : "has completed");
    }
}
