// SPDX-License-Identifier: Apache-2.0
package dev.revive.call;

import dev.revive.codec.Documents;
import dev.revive.run.Run;
import dev.revive.store.Letter;
import dev.revive.store.MessageKind;
import dev.revive.workflow.Failure;
import dev.revive.workflow.RetryPolicy;
import dev.revive.workflow.Step;
import dev.revive.workflow.StepOptions;
import java.time.Duration;
import java.util.UUID;

/**
 * The step by which a workflow has another one cancelled or terminated. It may be done again after a crash, and the other one hears it once: the letter has
 * the same key each time.
 */
final class EndingStep {
    private static final StepOptions UNTIL_IT_IS_HEARD = StepOptions.defaults()
            .idempotent()
            .retry(RetryPolicy.forever().backoff(Duration.ofMillis(200), 2).maxDelay(Duration.ofSeconds(30)));

    private EndingStep() {}

    /** @param key the same in every run, and another for every call */
    static Step<Boolean> of(Run run, MessageKind how, String id, Failure why, UUID key) {
        String verb = how == MessageKind.CANCEL ? "Cancel " : "Terminate ";
        return Step.of(
                        SagaCall.shortened(verb + id),
                        Boolean.class,
                        attempt -> run.want(Letter.intent(
                                id,
                                how,
                                Letter.ofWorkflow(key),
                                Documents.write(why),
                                run.tools().now())))
                .with(UNTIL_IT_IS_HEARD);
    }
}
