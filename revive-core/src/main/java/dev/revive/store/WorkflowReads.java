// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import java.util.List;
import java.util.Optional;

/**
 * What people ask of a store: the reading side that a console stands on. No question of it takes a lock that a writer waits for, and each has
 * a bound, however many workflows there are.
 */
public interface WorkflowReads {
    /**
     * Lists workflows without their payloads, by id, a page at a time: {@link WorkflowStore#list} for the eye.
     *
     * @param filter which ones
     * @return at most {@code filter.limit()}, ordered as {@link WorkflowStore#list} does
     */
    List<WorkflowSummary> summaries(WorkflowFilter filter);

    /**
     * Counts workflows by name and status. Reads a bounded number of rows: of each status but COMPLETED up to the bound are counted, and the completed
     * ones among the first so many workflows. With a prefix all are counted among the first so many that have it.
     *
     * @param idPrefix only ids that start so; "" for all
     * @param atMost the bound, 1 to 100,000
     * @return the counts, and which of them the bound has cut
     */
    WorkflowCounts counts(String idPrefix, int atMost);

    /**
     * A workflow's row, its input and output cut: what is beyond is not even fetched.
     *
     * @param workflowId its id
     * @param chars how many characters of each, 0 or more
     * @return empty if there is no such workflow
     */
    Optional<WorkflowExcerpt> excerpt(String workflowId, int chars);

    /**
     * The recorded steps of a workflow, ordered by scope and sequence, their outputs cut: as many as a limit allows, from a place on.
     *
     * @param workflowId its id
     * @param afterScope the scope of the last step that is known; "" to begin
     * @param afterSequence its sequence; 0 to begin
     * @param limit how much of them
     * @return empty if nothing is recorded there
     */
    StepPage stepPage(String workflowId, String afterScope, int afterSequence, ReadLimit limit);

    /**
     * One recorded step.
     *
     * @param workflowId the workflow
     * @param scope the scope, "" for the workflow's own function
     * @param sequence the call's number in its scope, from 1
     * @return empty if nothing is recorded there
     */
    Optional<StepRecord> step(String workflowId, String scope, int sequence);

    /**
     * The calls that were recorded at a place in past lives of a workflow, and kept aside.
     *
     * @param workflowId the workflow
     * @param scope the scope, "" for the workflow's own function
     * @param sequence the call's number in its scope, from 1
     * @return at most 100, those of the latest life first
     */
    List<StepRecord> pastSteps(String workflowId, String scope, int sequence);

    /**
     * The latest lives of a workflow that ended FAILED before it was {@linkplain WorkflowStore#retry retried}.
     *
     * @param workflowId its id
     * @param limit how much of the lives; and as much of all the calls that were kept aside in them, those of the latest first
     * @return without any if it was never retried
     */
    PastLifePage pastLives(String workflowId, ReadLimit limit);

    /**
     * What waits in a workflow's inbox: came, and is not received. What never is received, COMPLETION, FAILURE, RESULT and END, comes behind all else:
     * there may be thousands of it, and it must not hide what people want.
     *
     * @param workflowId its id
     * @param limit how many, and how many characters of each payload; their total is not looked at
     * @return each of the two by position, the payloads cut
     */
    List<Message> messages(String workflowId, ReadLimit limit);

    /**
     * The message that came under a key.
     *
     * @param workflowId whom it came for
     * @param key the key
     * @return empty if none has; received or not
     */
    Optional<Message> message(String workflowId, String key);

    /**
     * What was asked for in transactions that are committed, and could not be done.
     *
     * @param limit how many, 1 to 1,000
     * @return in the order in which it was asked for
     */
    default List<Undelivered> undelivered(int limit) {
        return List.of();
    }

    /**
     * The same, their inputs and payloads cut: what is beyond is not even fetched.
     *
     * @param limit how many, 1 to 1,000, and how many characters of each text; their total is not looked at
     * @return in the order in which it was asked for
     */
    default List<Undelivered> undelivered(ReadLimit limit) {
        return List.of();
    }

    /**
     * A text that is another one whenever the workflow's row or one of its steps has changed, or a message has come: the cheapest way to see whether there is anything
     * new to read. It has no other meaning.
     *
     * @param workflowId its id
     * @return empty if there is no such workflow
     */
    Optional<String> fingerprint(String workflowId);

    /**
     * The executors that have not left, in the order of their starts. One that died stays here until its workflows are due again.
     *
     * @return at most 1,000
     */
    List<ExecutorRecord> executors();
}
