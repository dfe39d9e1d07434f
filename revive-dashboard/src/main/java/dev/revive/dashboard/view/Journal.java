// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard.view;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a workflow under the names of their columns, a page at a time. A text that is cut has another column beside it, which says how long it
 * is: {@code serialized_output_chars}.
 *
 * @param workflow its row in the workflow table; null but on the first page
 * @param steps rows of it in the step table, by scope and sequence
 * @param next behind which step the next page begins; null if this is the last
 */
public record Journal(
        @Nullable Map<String, @Nullable Object> workflow,
        List<Map<String, @Nullable Object>> steps,
        @Nullable Place next) {
    /**
     * A step's place.
     *
     * @param scope its scope
     * @param sequence its number there
     */
    public record Place(String scope, int sequence) {
        /** Before all steps. */
        public static final Place BEGINNING = new Place("", 0);
    }
}
