// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import dev.revive.workflow.CallKind;
import dev.revive.workflow.Failure;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What a person's retry of a failed workflow changes in its journal: calls that are kept aside, as part of a {@link PastLife}, and what stands in the
 * places of some of them. Everything else stands.
 *
 * @param workflowId the workflow
 * @param epoch the epoch at which it failed, as it was seen
 * @param aside the rows to keep aside: the failed call and what follows it
 * @param again what takes the place of some of them, under the same keys
 */
public record Retry(String workflowId, long epoch, List<StepRecord> aside, List<StepRecord> again) {
    /** Copies the lists. */
    public Retry {
        Objects.requireNonNull(workflowId, "workflowId");
        aside = List.copyOf(aside);
        again = List.copyOf(again);
    }

    /**
     * Finds out what a retry has to change.
     *
     * @param failed the workflow, FAILED
     * @param journal all its recorded steps
     * @param calls the positions of the calls that its failure came from, as far as they are known
     * @param kindOf reads how a failed step failed
     * @param now the stamp of the retry
     * @return the retry, for {@link WorkflowStore#retry}
     * @throws StoreException if a newer Revive recorded some of it: what must stand then is not known here
     */
    public static Retry of(
            WorkflowRecord failed,
            List<StepRecord> journal,
            Collection<String> calls,
            Function<StepRecord, Failure.Kind> kindOf,
            Instant now) {
        journal.stream().filter(StepRecord::isUnknown).findFirst().ifPresent(step -> {
            throw new StoreException(
                    "A newer Revive recorded call %s of workflow %s, and this one does not know what it is. Retry the workflow there."
                            .formatted(step.key(), failed.id()),
                    null);
        });
        return new FailedCalls(journal, calls, kindOf, now).retry(failed);
    }

    /**
     * What ends the children that calls which are set aside have started, as their parent's failure has, or would have a moment later. Who retries may come
     * before that.
     *
     * @param failed the workflow, as it is before the retry
     * @return what is to be posted with the retry
     */
    public List<Posting> closings(WorkflowRecord failed) {
        Instant endedAt = Objects.requireNonNull(failed.finishedAt(), "finishedAt");
        Letter close = new Ties(failed.createdAt(), null, true).close(failed.id(), failed.epoch(), endedAt);
        return aside.stream()
                .flatMap(call -> ChildCall.of(call).stream())
                .flatMap(child -> child.closing(close).stream())
                .map(Posting::of)
                .toList();
    }

    /**
     * The messages that calls which are set aside had received: they go back into the inbox, to be received again in their order.
     *
     * @return what each carries, by its position
     */
    public SortedMap<Long, String> givenBack() {
        SortedMap<Long, String> messages = new TreeMap<>();
        for (StepRecord call : aside) {
            String position = call.detail();
            String payload = call.output();
            if (call.kind() == CallKind.AWAIT && position != null && payload != null) {
                messages.put(Long.valueOf(position), payload);
            }
        }
        return messages;
    }
}
