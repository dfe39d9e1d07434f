// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.revive.store.ChildCall;
import dev.revive.store.NewWorkflow;
import dev.revive.store.Operation;
import dev.revive.store.ParentCall;
import dev.revive.store.StepDraft;
import dev.revive.store.StepKey;
import dev.revive.store.StepRecord;
import dev.revive.store.WorkflowType;
import dev.revive.workflow.CallKind;
import dev.revive.workflow.ParentClosePolicy;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What is written, in words. */
class NarratorTests {
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final Reporter reporter = new Reporter("A", new PrintStream(said, true, StandardCharsets.UTF_8));

    private List<Event> events() throws Exception {
        List<Event> events = new ArrayList<>();
        for (String line : said.toString(StandardCharsets.UTF_8).lines().toList()) {
            events.add(Json.read(line, Event.class));
        }
        return events;
    }

    /** A call of the workflow "hire" about its child "bill-42". */
    private static StepDraft call(int sequence, CallKind kind) {
        return StepRecord.of("hire", new StepKey("", sequence, "bill"), kind, 1)
                .at(Instant.EPOCH)
                .detail(new ChildCall("bill-42", ParentClosePolicy.CANCEL).detail());
    }

    @Nested
    class OfAChild {
        private void start() {
            NewWorkflow child = new NewWorkflow("bill-42", new WorkflowType("bill", 1), "1", "hash", Instant.EPOCH)
                    .childOf(new ParentCall("hire", Instant.EPOCH, "#1"));
            StepRecord started = call(1, CallKind.CHILD).completed(null);
            reporter.accepted(new Operation.StartChild(child, started, started));
            reporter.accepted(new Operation.Checkpoint(call(2, CallKind.RESULT).started(), true));
        }

        @Test
        void tellsItsStartTheWaitAndItsResult() throws Exception {
            start();
            reporter.accepted(new Operation.Checkpoint(call(2, CallKind.RESULT).completed("1"), false));

            assertThat(Narrator.tell(events()))
                    .extracting(State.Caption::id)
                    .containsExactly("welcome", "child", "child-waits", "child-ended");
            assertThat(Narrator.tell(events()))
                    .extracting(State.Caption::text)
                    .anyMatch(text -> text.startsWith("“bill” is a workflow of its own, the child bill-42,"))
                    .anyMatch(text -> text.startsWith("The function waits for “bill”, the child bill-42."));
            assertThat(LogText.lines(events()))
                    .extracting(State.Line::text)
                    .containsExactly(
                            "\"bill\" started as the child bill-42",
                            "waits for \"bill\", the child bill-42",
                            "what came of the child \"bill\" recorded as COMPLETED");
        }

        @Test
        void tellsThatItHasFailed() throws Exception {
            start();
            reporter.accepted(new Operation.Checkpoint(call(2, CallKind.RESULT).failed("{}"), false));

            assertThat(Narrator.tell(events())).extracting(State.Caption::id).endsWith("child-failed");
        }
    }
}
