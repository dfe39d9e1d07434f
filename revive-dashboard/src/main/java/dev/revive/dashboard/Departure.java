// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;

/**
 * Notices that an asynchronous request has come to its end, by itself or by its container's will.
 *
 * @param whenGone run once or more often
 */
record Departure(Runnable whenGone) implements AsyncListener {
    @Override
    public void onComplete(AsyncEvent event) {
        whenGone.run();
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        whenGone.run();
    }

    @Override
    public void onError(AsyncEvent event) {
        whenGone.run();
    }

    @Override
    public void onStartAsync(AsyncEvent event) {}
}
