// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import dev.revive.store.Arrival;
import dev.revive.store.Letter;
import dev.revive.store.Message;
import dev.revive.store.MessageKind;
import dev.revive.workflow.WorkflowStatus;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is known of a receiver whose row is locked. */
final class Receiver {
    private final WorkflowStatus before;
    private final @Nullable String waitsFor;
    private final List<Message> messages = new ArrayList<>();
    private long wakeSeq;
    private boolean isAwaited;
    private boolean isCancelled;
    private long liftedAt;
    private WorkflowStatus now;
    private @Nullable Message end;

    private Receiver(WorkflowStatus status, long wakeSeq, @Nullable String waitsFor) {
        this.before = status;
        this.now = status;
        this.wakeSeq = wakeSeq;
        this.waitsFor = waitsFor;
    }

    /** One that is just being started. */
    static Receiver fresh() {
        return new Receiver(WorkflowStatus.DUE, 0, null);
    }

    static Receiver of(ResultSet row) throws SQLException {
        return new Receiver(Rows.known(row.getString(2), WorkflowStatus.UNKNOWN), row.getLong(3), row.getString(4));
    }

    Arrival take(Letter letter, boolean isKnown) {
        if (isKnown) {
            return Arrival.ARRIVED;
        }
        boolean isForNextLife = now == WorkflowStatus.FAILED && letter.kind().isNewsOfChild();
        if (now.isFinal() && !isForNextLife) {
            return Arrival.ENDED;
        }
        isAwaited |=
                letter.kind().isIntent() || waitsFor == null || waitsFor.contains(JsonArrays.quoted(letter.topic()));
        messages.add(letter.at(++wakeSeq));
        heed(letter);
        return Arrival.ARRIVED;
    }

    /** What people want already: it came while the workflow was in somebody's hands. */
    void know(Message intent) {
        isCancelled |= intent.kind() == MessageKind.CANCEL;
        if (intent.kind() == MessageKind.TERMINATE && end == null) {
            end = intent;
        }
    }

    /** What people want of a workflow in nobody's hands is done at once, as far as no code of it is needed. */
    private void heed(Letter letter) {
        boolean isLeftToPeople = now == WorkflowStatus.NEEDS_ATTENTION || now == WorkflowStatus.PAUSED;
        if (letter.kind() == MessageKind.TERMINATE && end == null) {
            end = letter.at(wakeSeq);
        }
        if (end != null && letter.kind().isIntent() && (isLeftToPeople || now == WorkflowStatus.DUE)) {
            now = WorkflowStatus.TERMINATED;
        } else if (letter.kind() == MessageKind.CANCEL) {
            isCancelled = true;
            now = isLeftToPeople ? WorkflowStatus.DUE : now;
            liftedAt = isLeftToPeople ? wakeSeq : liftedAt;
        } else if (letter.kind() == MessageKind.PAUSE && now == WorkflowStatus.DUE && !isCancelled) {
            now = WorkflowStatus.PAUSED;
        }
    }

    boolean isChanged() {
        return now != before || isLifted();
    }

    /** What came, to be written. */
    List<Message> messages() {
        return messages;
    }

    /** The counter, raised by what came. */
    long wakeSeq() {
        return wakeSeq;
    }

    /** Whether it waits for something of what came. */
    boolean isAwaited() {
        return isAwaited;
    }

    /** What it is now. */
    WorkflowStatus status() {
        return now;
    }

    /** Up to which place in its inbox nobody wants it paused any more. */
    long liftedAt() {
        return liftedAt;
    }

    /** What it is to be terminated by. */
    @Nullable
    Message end() {
        return end;
    }

    /** Though it be DUE again as it was: a pause between was over at once. */
    boolean isLifted() {
        return liftedAt > 0;
    }
}
