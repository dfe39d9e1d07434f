// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import dev.revive.workflow.ReviveException;

/** A request that is answered with a problem. */
final class RefusedException extends ReviveException {
    private final int status;
    private final String title;

    RefusedException(int status, String title, String detail) {
        super(detail);
        this.status = status;
        this.title = title;
    }

    int status() {
        return status;
    }

    String title() {
        return title;
    }
}
