// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import dev.revive.workflow.CallKind;
import dev.revive.workflow.Failure;
import dev.revive.workflow.RetryRefusedException;
import dev.revive.workflow.StepStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds the calls that a workflow's failure came from, scope by scope, and what a retry does with them.
 *
 * <p>In each scope it is the call that the failure names; if it names none there, the scope's last call if that failed, for nothing can be lost by
 * asking it again; else none, and the scope's code is replayed as it stands. What follows the call is kept aside with it. A parallel is begun again,
 * its branches one by one: those that failed are looked at in the same way, those that completed stand, and those that were cancelled go on. A retry is
 * refused where something was undone: a compensation would be set aside, or a branch has cleaned up.
 */
final class FailedCalls {
    private final NavigableMap<String, NavigableMap<Integer, StepRecord>> scopes = new TreeMap<>();

    /** By scope, the calls that the failure names, and the parallels in whose branches it names one. */
    private final Map<String, NavigableSet<Integer>> named = new HashMap<>();

    private final Function<StepRecord, Failure.Kind> kindOf;
    private final Instant now;
    private final List<StepRecord> aside = new ArrayList<>();
    private final List<StepRecord> again = new ArrayList<>();

    FailedCalls(
            List<StepRecord> journal,
            Collection<String> positions,
            Function<StepRecord, Failure.Kind> kindOf,
            Instant now) {
        for (StepRecord step : journal) {
            scopes.computeIfAbsent(step.key().scope(), scope -> new TreeMap<>())
                    .put(step.key().sequence(), step);
        }
        positions.forEach(this::name);
        this.kindOf = kindOf;
        this.now = now;
    }

    /** Of {@code 2.1.3.2#4} it is call 2 of the workflow's own scope, 3 of scope 2.1, and 4 of scope 2.1.3.2. */
    private void name(String position) {
        int mark = position.lastIndexOf('#');
        String scope = position.substring(0, mark);
        name(scope, position.substring(mark + 1));
        while (!scope.isEmpty()) {
            int branch = scope.lastIndexOf('.');
            int call = scope.lastIndexOf('.', branch - 1);
            String outer = scope.substring(0, Math.max(call, 0));
            name(outer, scope.substring(call + 1, branch));
            scope = outer;
        }
    }

    private void name(String scope, String sequence) {
        named.computeIfAbsent(scope, key -> new TreeSet<>()).add(Integer.valueOf(sequence));
    }

    Retry retry(WorkflowRecord failed) {
        lookAt("");
        return new Retry(failed.id(), failed.epoch(), aside, again);
    }

    private void lookAt(String scope) {
        NavigableMap<Integer, StepRecord> calls = calls(scope);
        StepRecord failed = failedCall(scope, calls);
        if (failed == null) {
            return;
        }
        calls.tailMap(failed.key().sequence(), false).values().forEach(this::setAside);
        aside.add(failed);
        switch (failed.kind()) {
            case STEP -> again.add(failed.askedAgain(kindOf.apply(failed) == Failure.Kind.THROWN, now));
            case PARALLEL -> beginAgain(failed);
            case TRANSACTION, SLEEP, AWAIT, SIGNAL, AWAKEABLE, COMPLETION, POLL, CHILD, RESULT, UNKNOWN -> {
                // a failed transaction was rolled back, a failed signal went to nobody, and a poll only looks: there is
                // nothing that the next attempt must know
            }
        }
    }

    private @Nullable StepRecord failedCall(String scope, NavigableMap<Integer, StepRecord> calls) {
        for (int sequence :
                named.getOrDefault(scope, Collections.emptyNavigableSet()).descendingSet()) {
            StepRecord call = calls.get(sequence);
            if (call != null && (call.status() == StepStatus.FAILED || call.kind() == CallKind.PARALLEL)) {
                return call;
            }
        }
        Map.Entry<Integer, StepRecord> last = calls.lastEntry();
        return last != null && last.getValue().status() == StepStatus.FAILED ? last.getValue() : null;
    }

    private NavigableMap<Integer, StepRecord> calls(String scope) {
        return scopes.getOrDefault(scope, Collections.emptyNavigableMap());
    }

    /** With all that its branches recorded. */
    private void setAside(StepRecord call) {
        setAsideAlone(call);
        if (call.kind() == CallKind.PARALLEL) {
            String outer = call.key().scope();
            String below = (outer.isEmpty() ? "" : outer + ".") + call.key().sequence() + ".";
            scopes.subMap(below, below + Character.MAX_VALUE)
                    .values()
                    .forEach(calls -> calls.values().forEach(this::setAsideAlone));
        }
    }

    private void setAsideAlone(StepRecord call) {
        StepDetail.of(call).undone().ifPresent(step -> {
            throw new RetryRefusedException(
                    call.workflowId(), "%s has undone what step %s did".formatted(call.key(), step));
        });
        aside.add(call);
    }

    private void beginAgain(StepRecord parallel) {
        again.add(parallel.begunAgain(now));
        Join join = parallel.output() == null ? null : Join.parse(parallel);
        for (int i = 0; i < parallel.branches(); i++) {
            String branch = parallel.key().branchScope(i + 1);
            char end = join == null ? Join.CANCELLED : join.end(i);
            boolean wasCutOff = firstCancelled(calls(branch)) != null; // though it may have ended all the same
            boolean hasFailed = end == Join.FAILED || named.containsKey(branch);
            if (hasFailed && !wasCutOff) {
                lookAt(branch);
            } else if (end != Join.COMPLETED || wasCutOff) {
                goOn(branch);
            }
        }
    }

    private static @Nullable StepRecord firstCancelled(NavigableMap<Integer, StepRecord> calls) {
        return calls.values().stream()
                .filter(call -> call.status() == StepStatus.CANCELLED)
                .findFirst()
                .orElse(null);
    }

    /** Unless it has cleaned up since: what it had done before may be undone. */
    private void goOnFrom(StepRecord cutOff, NavigableMap<Integer, StepRecord> calls) {
        Map.Entry<Integer, StepRecord> next = calls.higherEntry(cutOff.key().sequence());
        if (next != null) {
            throw new RetryRefusedException(
                    cutOff.workflowId(),
                    "a branch of it was cut off at %s and has cleaned up since, with %s; what it did before may be undone"
                            .formatted(cutOff.key(), next.getValue().key()));
        }
        aside.add(cutOff);
        if (cutOff.kind() == CallKind.PARALLEL && cutOff.output() != null) {
            beginAgain(cutOff);
        }
    }

    /**
     * Cut off where it was, with its attempts; only its total time, a poll's limit, is counted anew, or it might be up before it goes on. For the same
     * reason a wait for a message begins anew: it has received nothing.
     */
    private void goOn(String branch) {
        NavigableMap<Integer, StepRecord> calls = calls(branch);
        StepRecord cutOff = firstCancelled(calls);
        if (cutOff != null) {
            goOnFrom(cutOff, calls);
            return;
        }
        Map.Entry<Integer, StepRecord> last = calls.lastEntry();
        if (last == null || last.getValue().status().isFinal()) {
            return;
        }
        StepRecord call = last.getValue();
        if (call.kind() == CallKind.STEP || call.kind() == CallKind.POLL) {
            aside.add(call);
            again.add(call.goingOn(now));
        } else if (call.kind() == CallKind.AWAIT
                || call.kind() == CallKind.COMPLETION
                || call.kind() == CallKind.RESULT) {
            aside.add(call);
        }
        for (int i = 1; i <= call.branches(); i++) {
            goOn(call.key().branchScope(i));
        }
    }
}
