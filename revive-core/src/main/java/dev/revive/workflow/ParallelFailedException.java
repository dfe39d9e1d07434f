// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** At least one branch of a parallel failed. Indexes count from 0 in the order of the branches; first run and replay show the same. */
public class ParallelFailedException extends ReviveException {
    private static final long serialVersionUID = 1L;

    private final transient Map<Integer, Throwable> failures;
    private final transient Set<Integer> cancelled;
    private final int first;
    private final String position;

    /**
     * About one parallel.
     *
     * @param first the index of the branch that failed first; its exception is the cause
     * @param failures the branches' exceptions by index
     * @param cancelled the indexes of the branches that were cancelled
     */
    public ParallelFailedException(int first, Map<Integer, ? extends Throwable> failures, Set<Integer> cancelled) {
        this("", first, failures, cancelled);
    }

    /**
     * About one parallel, whose place is known.
     *
     * @param position its place in its workflow
     * @param first the index of the branch that failed first; its exception is the cause
     * @param failures the branches' exceptions by index
     * @param cancelled the indexes of the branches that were cancelled
     */
    public ParallelFailedException(
            String position, int first, Map<Integer, ? extends Throwable> failures, Set<Integer> cancelled) {
        super(
                "%d of the parallel's branches failed, first branch %d: %s"
                        .formatted(failures.size(), first, described(failures.get(first))),
                failures.get(first));
        this.failures = Collections.unmodifiableMap(new TreeMap<>(failures));
        this.cancelled = Collections.unmodifiableSet(new TreeSet<>(cancelled));
        this.first = first;
        this.position = position;
    }

    /** Not by toString(), which a user's exception may break. */
    private static String described(@Nullable Throwable thrown) {
        return thrown == null
                ? "nothing"
                : Failure.of(Failure.Kind.THROWN, thrown).summary();
    }

    /**
     * The failures.
     *
     * @return what each failing branch threw, by index; never empty
     */
    public Map<Integer, Throwable> failures() {
        return failures;
    }

    /**
     * The cancelled branches.
     *
     * @return their indexes; empty unless siblings are cancelled on failure
     */
    public Set<Integer> cancelled() {
        return cancelled;
    }

    /**
     * The branch that failed first.
     *
     * @return its index
     */
    public int first() {
        return first;
    }

    /**
     * The parallel's place: its scope and its number there.
     *
     * @return {@code #3} for the third call of the function, {@code 2.1#3} in a branch; "" if it is not known
     */
    public String position() {
        return position;
    }
}
