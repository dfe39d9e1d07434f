// SPDX-License-Identifier: Apache-2.0
package dev.revive.engine;

import dev.revive.store.Answer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Tells a starter whether its workflow is new. */
final class CreateReceipt implements Receipt {
    private final CompletableFuture<Answer> answer = new CompletableFuture<>();
    private @Nullable Run run;

    /** Ties it to the run that began before it was known whether the workflow is new. */
    void of(Run early) {
        run = early;
    }

    CompletableFuture<Answer> answer() {
        return answer;
    }

    /** Where the run that began here leaves its end. */
    AtomicReference<@Nullable Ending> ending() {
        Run mine = run;
        return mine == null ? new AtomicReference<>() : mine.ending();
    }

    @Override
    public void queued() {
        Run mine = run;
        if (mine != null) {
            mine.countSubmitted();
        }
    }

    @Override
    public void settled(Answer settled) {
        Run mine = run;
        if (mine != null && settled == Answer.ACCEPTED) {
            mine.countDurable();
            mine.executor().reclaimUnlessHeld(mine);
        } else if (mine != null) {
            mine.drop(Run.Drop.DUPLICATE);
        }
        answer.complete(settled);
    }

    @Override
    public void lost(Throwable why) {
        Run mine = run;
        if (mine != null) {
            mine.drop(Run.Drop.SUPERSEDED);
        }
        answer.completeExceptionally(why);
    }

    @Override
    public boolean isVoid() {
        return false;
    }
}
