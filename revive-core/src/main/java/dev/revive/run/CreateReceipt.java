// SPDX-License-Identifier: Apache-2.0
package dev.revive.run;

import dev.revive.client.Ending;
import dev.revive.lane.Receipt;
import dev.revive.store.Answer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Tells a starter whether its workflow is new. */
public final class CreateReceipt implements Receipt {
    private final CompletableFuture<Answer> answer = new CompletableFuture<>();
    private final @Nullable Run run;

    /**
     * For one try to start.
     *
     * @param early the run that begins before it is known whether the workflow is new, or null
     */
    public CreateReceipt(@Nullable Run early) {
        run = early;
    }

    public CompletableFuture<Answer> answer() {
        return answer;
    }

    /** Where the run that began here leaves its end. */
    public AtomicReference<@Nullable Ending> ending() {
        return run == null ? new AtomicReference<>() : run.ending();
    }

    @Override
    public void queued() {
        if (run != null) {
            run.countSubmitted();
        }
    }

    @Override
    public void answered(Answer given) {
        if (run != null && given == Answer.ACCEPTED) {
            run.created();
        } else if (run != null) {
            run.drop(Run.Drop.DUPLICATE);
        }
        answer.complete(given);
    }

    @Override
    public void lost(Throwable why) {
        if (run != null) {
            run.drop(Run.Drop.SUPERSEDED);
        }
        answer.completeExceptionally(why);
    }

    @Override
    public boolean isVoid() {
        return false;
    }
}
