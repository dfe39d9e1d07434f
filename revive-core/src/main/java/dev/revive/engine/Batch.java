// SPDX-License-Identifier: Apache-2.0
package dev.revive.engine;

import dev.revive.store.Answer;
import dev.revive.store.Operation;
import dev.revive.store.Operation.Checkpoint;
import dev.revive.store.Operation.Create;
import dev.revive.store.Operation.Finish;
import dev.revive.store.StepKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Merges operations on the same row, since all of a batch is committed together: a later state of a step takes the place of an earlier one,
 * and a workflow that begins and ends in one batch is inserted as ended.
 */
final class Batch {
    private record Row(String workflowId, StepKey key) {}

    private final List<Operation> rows = new ArrayList<>();
    private final int[] rowOf;

    Batch(List<Operation> operations) {
        this.rowOf = new int[operations.size()];
        Map<Row, Integer> steps = new HashMap<>();
        Map<String, Integer> created = new HashMap<>();
        for (int i = 0; i < rowOf.length; i++) {
            Operation operation = operations.get(i);
            Integer earlier = null;
            if (operation instanceof Checkpoint checkpoint) {
                earlier = steps.putIfAbsent(
                        new Row(checkpoint.workflowId(), checkpoint.step().key()), rows.size());
            } else if (operation instanceof Create create) {
                created.put(create.workflowId(), rows.size());
            } else if (operation instanceof Finish finish) {
                earlier = created.get(finish.workflowId());
            }
            if (earlier == null) {
                rowOf[i] = rows.size();
                rows.add(operation);
            } else {
                rowOf[i] = earlier;
                rows.set(earlier, merged(rows.get(earlier), operation));
            }
        }
    }

    private static Operation merged(Operation earlier, Operation later) {
        if (earlier instanceof Checkpoint first && later instanceof Checkpoint second) {
            return new Checkpoint(second.step(), first.isNew());
        }
        if (earlier instanceof Create create && later instanceof Finish finish) {
            return new Create(create.workflow(), create.start(), finish);
        }
        throw new IllegalStateException("Cannot merge " + later + " into " + earlier);
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

    /** About how many characters an operation carries, for the bounds on batches and queues. */
    static int chars(Operation operation) {
        if (operation instanceof Checkpoint checkpoint) {
            return 200
                    + length(checkpoint.step().output())
                    + length(checkpoint.step().failure());
        }
        if (operation instanceof Create create) {
            return 200 + create.workflow().input().length();
        }
        return operation instanceof Finish finish ? 200 + length(finish.content()) : 200;
    }

    private static int length(@org.jspecify.annotations.Nullable String text) {
        return text == null ? 0 : text.length();
    }
}
