// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import dev.revive.workflow.CallKind;
import dev.revive.workflow.Failure;
import dev.revive.workflow.StepStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds the calls that a workflow's failure came from, scope by scope, and what a retry does with them.
 *
 * <p>In each scope it is the call that the failure names; if it names none there, the scope's last call if that failed, for nothing can be lost by
 * asking it again; else none, and the scope's code is replayed as it stands. What follows the call is kept aside with it. A parallel is begun again,
 * its branches one by one: those that failed are looked at in the same way, those that completed stand, and those that were cancelled go on.
 */
final class FailedCalls {
    private record Place(String scope, int sequence) {
        static Place parse(String position) {
            int mark = position.lastIndexOf('#');
            return new Place(position.substring(0, mark), Integer.parseInt(position.substring(mark + 1)));
        }

        /** The call of a scope that leads to here: this one, or the parallel in one of whose branches it is. */
        OptionalInt within(String outer) {
            if (scope.equals(outer)) {
                return OptionalInt.of(sequence);
            }
            String prefix = below(outer);
            if (!scope.startsWith(prefix)) {
                return OptionalInt.empty();
            }
            String rest = scope.substring(prefix.length());
            return OptionalInt.of(Integer.parseInt(rest.substring(0, rest.indexOf('.'))));
        }
    }

    private final Map<String, NavigableMap<Integer, StepRecord>> scopes = new TreeMap<>();
    private final List<Place> named;
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
        this.named = positions.stream().map(Place::parse).toList();
        this.kindOf = kindOf;
        this.now = now;
    }

    Retry retry(WorkflowRecord failed) {
        lookAt("");
        return new Retry(failed.id(), failed.epoch(), aside, again);
    }

    private void lookAt(String scope) {
        NavigableMap<Integer, StepRecord> calls = scopes.getOrDefault(scope, Collections.emptyNavigableMap());
        StepRecord failed = failedCall(scope, calls);
        if (failed == null) {
            return;
        }
        calls.tailMap(failed.key().sequence(), false).values().forEach(this::setAside);
        aside.add(failed);
        switch (failed.kind()) {
            case STEP -> again.add(failed.askedAgain(kindOf.apply(failed) == Failure.Kind.THROWN, now));
            case PARALLEL -> beginAgain(failed);
            default -> {
                // a failed transaction was rolled back: there is nothing that its next attempt must know
            }
        }
    }

    private @Nullable StepRecord failedCall(String scope, NavigableMap<Integer, StepRecord> calls) {
        OptionalInt sequence = named.stream()
                .map(place -> place.within(scope))
                .flatMapToInt(OptionalInt::stream)
                .filter(each -> mayBeTheCause(calls.get(each)))
                .max();
        if (sequence.isPresent()) {
            return calls.get(sequence.getAsInt());
        }
        Map.Entry<Integer, StepRecord> last = calls.lastEntry();
        return last != null && last.getValue().status() == StepStatus.FAILED ? last.getValue() : null;
    }

    private static boolean mayBeTheCause(@Nullable StepRecord call) {
        return call != null && (call.status() == StepStatus.FAILED || call.kind() == CallKind.PARALLEL);
    }

    /** With all that its branches recorded. */
    private void setAside(StepRecord call) {
        aside.add(call);
        if (call.kind() == CallKind.PARALLEL) {
            String prefix = below(call);
            scopes.forEach((scope, calls) -> {
                if (scope.startsWith(prefix)) {
                    aside.addAll(calls.values());
                }
            });
        }
    }

    private void beginAgain(StepRecord parallel) {
        again.add(parallel.begunAgain(now));
        Join join = parallel.status().isFinal() ? Join.parse(parallel) : null;
        for (int i = 0; i < parallel.branches(); i++) {
            String branch = parallel.key().branchScope(i + 1);
            boolean hasFailed = join != null && join.ends().charAt(i) == Join.FAILED;
            if (hasFailed
                    || named.stream().anyMatch(place -> place.within(branch).isPresent())) {
                lookAt(branch);
            }
        }
    }

    private static String below(StepRecord parallel) {
        return below(parallel.key().scope()) + parallel.key().sequence() + ".";
    }

    private static String below(String scope) {
        return scope.isEmpty() ? "" : scope + ".";
    }
}
