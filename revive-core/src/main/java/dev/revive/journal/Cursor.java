// SPDX-License-Identifier: Apache-2.0
package dev.revive.journal;

import dev.revive.store.StepKey;
import dev.revive.store.StepRecord;
import dev.revive.workflow.Attention;
import dev.revive.workflow.CallKind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;

/**
 * Walks one scope: the n-th call that the program asks for must be the n-th that was recorded. Belongs to the scope's thread.
 *
 * <p>The rule: a cursor only moves forward; a call that was recorded is compared by kind, name and branch count; the first difference, or a
 * record that is left over when the scope closes, is a {@link MismatchException}, after which the run must begin no effect.
 */
public final class Cursor {
    private static final int CONTEXT_LINES = 3;

    private final String scope;
    private final Deque<StepRecord> ahead;
    private final Deque<StepKey> passed = new ArrayDeque<>();
    private int position;

    Cursor(String scope, List<StepRecord> records) {
        this.scope = scope;
        this.ahead = new ArrayDeque<>(records);
    }

    /**
     * Moves to the next call.
     *
     * @param kind what the program asks for
     * @param name the name it gives
     * @param branches a parallel's branch count, else 0
     * @return the call, with its record if there is one
     * @throws MismatchException if something else was recorded here
     */
    public Call next(CallKind kind, String name, int branches) {
        StepKey key = new StepKey(scope, position + 1, name);
        StepRecord record = ahead.peek();
        if (record != null && record.key().sequence() == key.sequence()) {
            if (record.kind() != kind || !record.key().name().equals(name) || record.branches() != branches) {
                throw mismatch(describe(kind, name, branches));
            }
            ahead.poll();
        } else {
            record = null;
        }
        position++;
        if (!ahead.isEmpty()) {
            remember(key);
        } else {
            passed.clear();
        }
        return new Call(key, kind, record);
    }

    private void remember(StepKey key) {
        passed.addLast(key);
        if (passed.size() > CONTEXT_LINES) {
            passed.removeFirst();
        }
    }

    /**
     * Closes the scope.
     *
     * @throws MismatchException if calls are recorded that the program did not ask for
     */
    public void close() {
        if (!ahead.isEmpty()) {
            throw mismatch("");
        }
    }

    /**
     * The scope it walks.
     *
     * @return its path
     */
    public String scope() {
        return scope;
    }

    /**
     * Whether the next call is recorded.
     *
     * @return true during replay
     */
    public boolean isReplaying() {
        return !ahead.isEmpty();
    }

    /**
     * Whether this is what was recorded next.
     *
     * @param kind the kind of call
     * @param name its name
     * @return false also if nothing is recorded ahead
     */
    public boolean isNext(CallKind kind, String name) {
        StepRecord record = ahead.peek();
        return record != null && record.kind() == kind && record.key().name().equals(name);
    }

    /**
     * How many calls the program has asked for.
     *
     * @return the sequence of the last call, 0 before the first
     */
    public int position() {
        return position;
    }

    private MismatchException mismatch(String requested) {
        List<Attention.Line> lines = new ArrayList<>();
        for (StepKey key : passed) {
            lines.add(new Attention.Line(key.position(), key.name(), key.name(), false));
        }
        Iterator<StepRecord> left = ahead.iterator();
        StepRecord first = left.next();
        lines.add(new Attention.Line(first.key().position(), describe(first), requested, true));
        for (int i = 0; i < CONTEXT_LINES && left.hasNext(); i++) {
            StepRecord record = left.next();
            lines.add(new Attention.Line(record.key().position(), describe(record), "", requested.isEmpty()));
        }
        if (left.hasNext()) {
            lines.add(new Attention.Line("...", ahead.size() - CONTEXT_LINES - 1 + " more", "", requested.isEmpty()));
        }
        return new MismatchException(first.key().position(), describe(first), requested, lines);
    }

    private static String describe(StepRecord record) {
        return describe(record.kind(), record.key().name(), record.branches());
    }

    /**
     * A call as a report names it.
     *
     * @param kind its kind
     * @param name its name
     * @param branches a parallel's branch count, else 0
     * @return for example {@code step "Charge"}
     */
    public static String describe(CallKind kind, String name, int branches) {
        String text = kind.name().toLowerCase(Locale.ROOT) + " \"" + name + "\"";
        return kind == CallKind.PARALLEL ? text + " of " + branches : text;
    }
}
