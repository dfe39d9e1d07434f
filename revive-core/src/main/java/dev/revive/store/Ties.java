// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import dev.revive.workflow.WorkflowStatus;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What binds a workflow to others: whom its end concerns. Whoever writes a final status posts this in the same transaction, and somebody else does it: an
 * end waits for no other workflow's row.
 *
 * @param startedAt when it was started: another may have had its id before
 * @param parent the call that started it, or null
 * @param hasChildren whether children of it may be at work
 */
public record Ties(Instant startedAt, @Nullable ParentCall parent, boolean hasChildren) {
    /** Of one that nobody started and that has started nobody. */
    public static final Ties NONE = new Ties(Instant.EPOCH, null, false);

    /** A longer output is read from the child's row by whoever wants it. */
    private static final int SHORT = 1_000;

    /** Checks what is never null. */
    public Ties {
        Objects.requireNonNull(startedAt, "startedAt");
    }

    /**
     * What the end of a workflow asks for.
     *
     * @param id the workflow
     * @param epoch at which it ended
     * @param status how it ended
     * @param output the result as JSON; null unless COMPLETED
     * @param endedAt the stamp of its end
     * @return news for its parent, and that its children be ended; neither, if it has not ended
     */
    public List<Posting> atTheEnd(
            String id, long epoch, WorkflowStatus status, @Nullable String output, Instant endedAt) {
        if (!status.isFinal() || (parent == null && !hasChildren)) {
            return List.of(); // most concern nobody
        }
        List<Posting> postings = new ArrayList<>();
        if (parent != null) {
            String result = output != null && output.length() <= SHORT ? output : null;
            postings.add(Posting.of(new Letter(
                    parent.workflowId(),
                    result != null ? MessageKind.RESULT : MessageKind.END,
                    id,
                    Letter.ofChild(unique(id, epoch)),
                    result != null ? result : "\"" + status + "\"",
                    endedAt,
                    null)));
        }
        if (hasChildren) {
            postings.add(Posting.of(close(id, epoch, endedAt)));
        }
        return postings;
    }

    /**
     * What asks for the children of a workflow to be ended.
     *
     * @param id the workflow
     * @param epoch at which it ended
     * @param endedAt the stamp of its end
     * @return a letter that nobody receives
     */
    Letter close(String id, long epoch, Instant endedAt) {
        String key = Letter.ofParent(unique(id, epoch));
        String begin = new Closing(startedAt, epoch, "", 0).json();
        return new Letter(id, MessageKind.CLOSE, "children", key, begin, endedAt, null);
    }

    /** One end of one workflow: one that has failed may be retried, and end again at a higher epoch. */
    private UUID unique(String id, long epoch) {
        String end = ChronoUnit.MICROS.between(Instant.EPOCH, startedAt) + " " + epoch + " " + id;
        return UUID.nameUUIDFromBytes(end.getBytes(StandardCharsets.UTF_8));
    }
}
