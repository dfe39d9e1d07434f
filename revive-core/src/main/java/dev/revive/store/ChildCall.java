// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.revive.workflow.CallKind;
import dev.revive.workflow.Failure;
import dev.revive.workflow.ParentClosePolicy;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.WorkflowStatus;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the call that starts a child has to say of itself, as the detail of its row.
 *
 * @param childId the child
 * @param whenParentEnds what becomes of it if its parent ends first
 */
public record ChildCall(String childId, ParentClosePolicy whenParentEnds) {
    private static final ObjectMapper MAPPER = JsonMapper.builder().build();
    private static final String CHILD = "child";
    private static final String POLICY = "whenParentEnds";

    /** Under this name a wait for a child has how that ended. */
    public static final String STATUS = "status";

    /** Instead of a status: there is no such child, for its id is another's, perhaps another child's of the same parent. */
    public static final String TAKEN = "TAKEN";

    /** Checks what is never null. */
    public ChildCall {
        Objects.requireNonNull(childId, "childId");
        Objects.requireNonNull(whenParentEnds, "whenParentEnds");
    }

    /**
     * As a row has it.
     *
     * @return JSON
     */
    public String detail() {
        return MAPPER.createObjectNode()
                .put(CHILD, childId)
                .put(POLICY, whenParentEnds.name())
                .toString();
    }

    /**
     * Reads a row.
     *
     * @param step any
     * @return empty unless it has started a child
     */
    public static Optional<ChildCall> of(StepRecord step) {
        return step.kind() == CallKind.CHILD && step.status() == StepStatus.COMPLETED
                ? parse(step.detail())
                : Optional.empty();
    }

    /**
     * Which child a call is about.
     *
     * @param step one that starts a child, or has waited for its end
     * @return empty if it does not say so
     */
    public static Optional<String> childId(StepRecord step) {
        return Optional.ofNullable(text(step.detail(), CHILD));
    }

    /**
     * Which child has ended, by the row of a wait for it.
     *
     * @param step any
     * @return empty if it does not tell of an end
     */
    public static Optional<String> endedChild(StepRecord step) {
        boolean hasEnd = step.kind() == CallKind.RESULT
                && (step.status() == StepStatus.COMPLETED || step.status() == StepStatus.FAILED);
        String status = text(step.detail(), STATUS);
        return hasEnd && !TAKEN.equals(status) && !WorkflowStatus.UNKNOWN.name().equals(status)
                ? childId(step)
                : Optional.empty();
    }

    private static @Nullable String text(@Nullable String detail, String name) {
        try {
            return MAPPER.readTree(Objects.requireNonNullElse(detail, "{}"))
                    .path(name)
                    .textValue();
        } catch (JsonProcessingException e) {
            return null;
        }
    }

    private static Optional<ChildCall> parse(@Nullable String detail) {
        try {
            JsonNode read = MAPPER.readTree(Objects.requireNonNullElse(detail, "{}"));
            String child = read.path(CHILD).textValue();
            return child == null
                    ? Optional.empty()
                    : Optional.of(new ChildCall(child, policy(read.path(POLICY).asText())));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    /** One that a newer Revive knows leaves the child alone: that does no harm that cannot be undone. */
    private static ParentClosePolicy policy(String name) {
        for (ParentClosePolicy policy : ParentClosePolicy.values()) {
            if (policy.name().equals(name)) {
                return policy;
            }
        }
        return ParentClosePolicy.ABANDON;
    }

    /**
     * What ends the child, now that its parent has ended.
     *
     * @param close what the parent's end asked for
     * @return empty if it is left alone
     */
    public Optional<Letter> closing(Letter close) {
        MessageKind what = switch (whenParentEnds) {
            case CANCEL -> MessageKind.CANCEL;
            case TERMINATE -> MessageKind.TERMINATE;
            case ABANDON -> null;
        };
        return Optional.ofNullable(what)
                .map(kind -> Letter.intent(childId, kind, close.key(), why(close.workflowId()), close.sentAt()));
    }

    private String why(String parentId) {
        String reason = "Its parent, workflow %s, has ended.".formatted(parentId);
        Failure why =
                whenParentEnds == ParentClosePolicy.TERMINATE ? Failure.terminated(reason) : Failure.cancelled(reason);
        try {
            return MAPPER.writeValueAsString(why);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Cannot write " + why, e);
        }
    }
}
