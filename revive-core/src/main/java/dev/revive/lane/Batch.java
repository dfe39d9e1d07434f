// SPDX-License-Identifier: Apache-2.0
package dev.revive.lane;

import dev.revive.store.Answer;
import dev.revive.store.Operation;
import dev.revive.store.Operation.Checkpoint;
import dev.revive.store.Operation.Create;
import dev.revive.store.Operation.Finish;
import dev.revive.store.Operation.Receive;
import dev.revive.store.Operation.Release;
import dev.revive.store.Operation.Send;
import dev.revive.store.Operation.StartChild;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Merges operations on the same row, since all of a batch is committed together: a later state of a step takes the place of an earlier one,
 * and a workflow that begins and ends in one batch is inserted as ended.
 */
final class Batch {
    private final List<Operation> rows = new ArrayList<>();
    private final int[] rowOf;

    Batch(List<Operation> operations) {
        this.rowOf = new int[operations.size()];
        Map<Operation.Row, Integer> places = new HashMap<>();
        for (int i = 0; i < rowOf.length; i++) {
            Operation operation = operations.get(i);
            Integer place = places.get(operation.row());
            Operation merged = place == null ? null : rows.get(place).visit(new FollowedBy(operation));
            if (place != null && merged != null) {
                rowOf[i] = place;
                rows.set(place, merged);
            } else {
                rowOf[i] = rows.size();
                places.put(operation.row(), rows.size());
                rows.add(operation);
            }
        }
    }

    /** An operation and a later one on the same row as one; null if they cannot be. */
    private record FollowedBy(Operation later) implements Operation.Visitor<@Nullable Operation, RuntimeException> {
        @Override
        public @Nullable Operation create(Create first) {
            return later.end() == null ? null : new Create(first.workflow(), first.start(), later.end());
        }

        @Override
        public Operation checkpoint(Checkpoint first) {
            return later instanceof Receive receive
                    ? new Receive(receive.step(), first.isNew(), receive.position())
                    : new Checkpoint(((Checkpoint) later).step(), first.isNew());
        }

        @Override
        public @Nullable Operation receive(Receive first) {
            return null;
        }

        @Override
        public @Nullable Operation send(Send first) {
            return null;
        }

        @Override
        public @Nullable Operation startChild(StartChild first) {
            return null;
        }

        @Override
        public @Nullable Operation finish(Finish first) {
            return null;
        }

        @Override
        public @Nullable Operation release(Release first) {
            return null;
        }
    }

    /** At most one operation a row, in order. */
    List<Operation> rows() {
        return rows;
    }

    /** The rows' answers, for each operation that went in. */
    List<Answer> spread(List<Answer> answers) {
        List<Answer> spread = new ArrayList<>(rowOf.length);
        for (int row : rowOf) {
            spread.add(answers.get(row));
        }
        return spread;
    }
}
