// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;

/** Notices that a listener's request has come to its end by itself. */
record Departure(Listener listener) implements AsyncListener {
    @Override
    public void onComplete(AsyncEvent event) {
        listener.end();
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        listener.end();
    }

    @Override
    public void onError(AsyncEvent event) {
        listener.end();
    }

    @Override
    public void onStartAsync(AsyncEvent event) {}
}
