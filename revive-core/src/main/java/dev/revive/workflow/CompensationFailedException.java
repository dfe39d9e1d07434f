// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import java.util.List;

/** A saga has failed, and not all of what it had done could be undone. Its cause is what the saga failed of; all compensations have been tried. */
public final class CompensationFailedException extends ReviveException {
    private static final long serialVersionUID = 1L;

    private final transient List<Throwable> failures;

    /**
     * For the engine.
     *
     * @param cause what the saga failed of
     * @param failures what became of the compensations that failed for good
     */
    public CompensationFailedException(Throwable cause, List<? extends Throwable> failures) {
        super(
                "%d of the compensations failed, first: %s. The saga had failed of: %s"
                        .formatted(failures.size(), described(failures.get(0)), described(cause)),
                cause);
        this.failures = List.copyOf(failures);
        failures.forEach(this::addSuppressed);
    }

    private static String described(Throwable thrown) {
        return Failure.of(Failure.Kind.THROWN, thrown).summary();
    }

    /**
     * What is not undone.
     *
     * @return what the compensations threw, in the order in which they were tried; mostly {@link StepFailedException}s
     */
    public List<Throwable> failures() {
        return failures;
    }
}
