// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard.view;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a workflow under the names of their columns.
 *
 * @param workflow its row in the workflow table
 * @param steps its rows in the step table, by scope and sequence
 */
public record Journal(Map<String, @Nullable Object> workflow, List<Map<String, @Nullable Object>> steps) {}
