// SPDX-License-Identifier: Apache-2.0
package dev.revive.journal;

import dev.revive.store.ChildCall;
import dev.revive.store.StepKey;
import dev.revive.store.StepRecord;
import dev.revive.workflow.CallKind;
import dev.revive.workflow.ParentClosePolicy;
import dev.revive.workflow.StepStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What earlier runs recorded, by scope. Each scope's records are handed out once, to the cursor that replays them, so a journal shrinks as the
 * run catches up and an ended replay holds nothing. Branches may open their scopes at the same time.
 */
public final class Journal {
    private final Map<String, List<StepRecord>> scopes;
    private final Map<StepKey, StepRecord> past;
    private final Set<String> openChildren = new HashSet<>();
    private boolean hasOpenRace;

    /**
     * Sorts the records by scope.
     *
     * @param records ordered by sequence within each scope
     * @param past what was set aside of earlier lives, the latest last
     */
    public Journal(List<StepRecord> records, List<StepRecord> past) {
        Map<String, List<StepRecord>> byScope = new HashMap<>();
        Set<String> ended = new HashSet<>();
        for (StepRecord step : records) {
            if (step.kind() == CallKind.CHILD) {
                ChildCall.of(step)
                        .filter(child -> child.whenParentEnds() != ParentClosePolicy.ABANDON)
                        .ifPresent(child -> openChildren.add(child.childId()));
            }
            hasOpenRace |= step.kind() == CallKind.PARALLEL
                    && step.status() == StepStatus.STARTED
                    && step.detail() != null; // one that is decided by its last branch has none
            ChildCall.endedChild(step).ifPresent(ended::add);
            byScope.computeIfAbsent(step.key().scope(), scope -> new ArrayList<>())
                    .add(step);
        }
        openChildren.removeAll(ended);
        this.scopes = new ConcurrentHashMap<>(byScope);
        this.past = new ConcurrentHashMap<>();
        past.forEach(step -> this.past.put(step.key(), step));
    }

    /**
     * The children that are at work as far as is recorded, and are to end with their parent.
     *
     * @return their ids
     */
    public Set<String> openChildren() {
        return openChildren;
    }

    /**
     * Whether a parallel has begun that one of its branches may decide, and is not decided as far as is recorded.
     *
     * @return true if there is one
     */
    public boolean hasOpenRace() {
        return hasOpenRace;
    }

    /**
     * Opens a scope.
     *
     * @param scope its path
     * @return a cursor before its first call
     */
    public Cursor open(String scope) {
        List<StepRecord> records = scopes.remove(scope);
        return new Cursor(scope, records == null ? List.of() : records);
    }

    /**
     * Opens a scope for a look ahead: its records stay, for whoever opens it.
     *
     * @param scope its path
     * @return a cursor before its first call
     */
    public Cursor lookAhead(String scope) {
        return new Cursor(scope, scopes.getOrDefault(scope, List.of()));
    }

    /**
     * Whether a scope has records, and was not opened yet.
     *
     * @param scope its path
     * @return true if it has any
     */
    public boolean has(String scope) {
        return scopes.containsKey(scope);
    }

    /**
     * What became of a call when it was last asked for in a past life.
     *
     * @param call a call that is not recorded
     * @return its row, or null if no retry has set it aside
     */
    public @Nullable StepRecord past(Call call) {
        StepRecord step = past.remove(call.key());
        return step != null && step.kind() == call.kind() ? step : null;
    }

    /**
     * Looks for what a newer Revive recorded and this one does not know. To be asked before the first scope is opened.
     *
     * @return one of these calls, if there is any
     */
    public Optional<StepRecord> unknown() {
        return Stream.concat(scopes.values().stream().flatMap(List::stream), past.values().stream())
                .filter(StepRecord::isUnknown)
                .findFirst();
    }
}
