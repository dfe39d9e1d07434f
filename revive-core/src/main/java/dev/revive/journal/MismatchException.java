// SPDX-License-Identifier: Apache-2.0
package dev.revive.journal;

import dev.revive.workflow.Attention;
import java.util.List;

/** The program asked for something else than was recorded. */
public final class MismatchException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<Attention.Line> diff;

    MismatchException(String position, String recorded, String requested, List<Attention.Line> diff) {
        super(
                requested.isEmpty()
                        ? "At %s an earlier run recorded %s, but the code now ends without asking for it"
                                .formatted(position, recorded)
                        : "At %s an earlier run recorded %s, but the code now asks for %s"
                                .formatted(position, recorded, requested));
        this.diff = List.copyOf(diff);
    }

    /**
     * For ends of branches that differ from the recorded join.
     *
     * @param position the parallel's position
     * @param recorded the recorded ends
     * @param requested the ends now
     */
    public MismatchException(String position, String recorded, String requested) {
        this(position, recorded, requested, List.of(new Attention.Line(position, recorded, requested, true)));
    }

    /**
     * Recorded and requested, side by side.
     *
     * @return the lines around the difference
     */
    public List<Attention.Line> diff() {
        return diff;
    }
}
