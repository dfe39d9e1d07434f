// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import java.time.Duration;

/** Implemented by an exception that knows when the next attempt makes sense, an HTTP 429 with its header for example. */
public interface RetryAfter {
    /**
     * How long to wait before the next attempt. It takes the place of the policy's own delay, and may exceed its maximum.
     *
     * @return not negative
     */
    Duration retryAfter();
}
