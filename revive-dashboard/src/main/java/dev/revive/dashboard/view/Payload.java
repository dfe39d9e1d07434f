// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard.view;

import org.jspecify.annotations.Nullable;

/**
 * A payload as far as a viewer may see it.
 *
 * @param json the JSON text; null if the viewer may not see it
 * @param chars how long the recorded text is
 * @param isRedacted whether anything of it is kept from the viewer
 * @param isTruncated whether it was too long to be sent whole
 */
public record Payload(@Nullable String json, int chars, boolean isRedacted, boolean isTruncated) {}
