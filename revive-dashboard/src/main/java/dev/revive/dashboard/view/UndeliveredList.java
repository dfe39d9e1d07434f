// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard.view;

import dev.revive.store.Undelivered.Reason;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was asked for in transactions that are committed, and could not be done.
 *
 * @param items in the order in which it was asked for
 * @param areCut whether there is more
 */
public record UndeliveredList(List<UndeliveredItem> items, boolean areCut) {
    /**
     * One thing that was asked for: a start, a signal, or a signal that starts its workflow if that is not there.
     *
     * @param position its place in the outbox
     * @param workflowId whom it is for
     * @param isThere whether there is a workflow under this id
     * @param start the workflow to be started; null if none is
     * @param signal what is to be sent; null if nothing is
     * @param reason why it could not be done
     * @param askedAt when it was asked for
     */
    public record UndeliveredItem(
            long position,
            String workflowId,
            boolean isThere,
            @Nullable StartItem start,
            @Nullable SignalItem signal,
            Reason reason,
            Instant askedAt) {}

    /**
     * A workflow to be started.
     *
     * @param name its type's name
     * @param version its type's version
     * @param mustBeNew whether one that is there is a conflict, though it was started with the same input
     * @param input its input
     */
    public record StartItem(String name, int version, boolean mustBeNew, Carried input) {}

    /**
     * A signal to be sent.
     *
     * @param isKnown whether it is a signal; else it is something else that a newer Revive wrote
     * @param name its name
     * @param payload what it carries
     */
    public record SignalItem(boolean isKnown, String name, Carried payload) {}

    /**
     * A text of which no more is read than is shown.
     *
     * @param json its beginning, as JSON; null if the viewer may not see it
     * @param isRedacted whether anything of it is kept from the viewer
     * @param isTruncated whether it was too long to be sent whole
     */
    public record Carried(@Nullable String json, boolean isRedacted, boolean isTruncated) {}
}
