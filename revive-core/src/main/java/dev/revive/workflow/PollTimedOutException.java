// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A poll's limit was reached, and one more look did not see what was waited for either. Its message says what that look saw; if it threw, what it threw is the
 * cause of the {@link #failure}.
 */
public class PollTimedOutException extends StepFailedException {
    private static final long serialVersionUID = 1L;

    private final transient @Nullable Object lastSeen;

    /**
     * About one poll.
     *
     * @param workflowId the workflow's id
     * @param stepName the poll's name
     * @param position the poll's place in its workflow
     * @param failure what is recorded
     * @param lastSeen what the last look saw; null if it saw null, or threw
     */
    public PollTimedOutException(
            String workflowId, String stepName, String position, Failure failure, @Nullable Object lastSeen) {
        super(workflowId, stepName, position, failure);
        this.lastSeen = lastSeen;
    }

    /**
     * What the last look saw, the same in every replay.
     *
     * @param type the type that the poll was asked for
     * @param <T> that type
     * @return the value; empty if that look threw, saw null, or saw something of another type
     */
    public <T> Optional<T> lastSeen(Class<T> type) {
        return Optional.ofNullable(lastSeen).filter(type::isInstance).map(type::cast);
    }
}
