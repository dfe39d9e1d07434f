// SPDX-License-Identifier: Apache-2.0
package dev.revive.run;

import dev.revive.codec.Documents;
import dev.revive.store.Operation;
import dev.revive.store.WorkflowType;
import dev.revive.workflow.Attention;
import dev.revive.workflow.Failure;
import dev.revive.workflow.Printable;
import dev.revive.workflow.WorkflowStatus;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lines of the log for who reads nothing else: a workflow has ended in a way that a person should hear of. Once, when that is durable. */
final class Notices {
    private static final Logger log = LoggerFactory.getLogger(Notices.class);

    /** A wide parallel may fail in ten thousand branches. */
    private static final int MOST_PLACES = 10;

    private Notices() {}

    static void of(WorkflowType type, Operation.Finish end) {
        if (end.status() == WorkflowStatus.FAILED) {
            String content = Objects.requireNonNull(end.content());
            List<String> calls = Documents.calls(content);
            log.warn(
                    "{} ({}) failed{}: {}",
                    Printable.of(end.workflowId()),
                    Printable.of(type),
                    places(calls),
                    Printable.of(summary(Documents.failure(content))));
        } else if (end.status() == WorkflowStatus.NEEDS_ATTENTION) {
            Attention attention = Documents.attention(Objects.requireNonNull(end.content()));
            log.warn(
                    "{} ({}) needs attention, {}: {}",
                    Printable.of(end.workflowId()),
                    Printable.of(type),
                    attention.reason(),
                    Printable.of(attention.message()));
        }
    }

    private static String places(List<String> calls) {
        if (calls.isEmpty()) {
            return "";
        }
        String first = String.join(", ", calls.subList(0, Math.min(MOST_PLACES, calls.size())));
        return calls.size() <= MOST_PLACES
                ? " at " + first
                : " at %s and %d more".formatted(first, calls.size() - MOST_PLACES);
    }

    private static String summary(Failure failure) {
        Failure root = failure;
        for (Failure cause = root.cause(); cause != null; cause = cause.cause()) {
            root = cause;
        }
        return failure.cause() == null ? failure.summary() : failure.summary() + ", caused by " + root.summary();
    }
}
