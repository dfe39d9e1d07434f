// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import dev.revive.workflow.ReviveException;

/** A request that is answered with a problem. */
final class RefusedException extends ReviveException {
    private final int status;
    private final String title;
    private final boolean isForNow;

    RefusedException(int status, String title, String detail) {
        this(status, title, detail, false);
    }

    private RefusedException(int status, String title, String detail, boolean isForNow) {
        super(detail);
        this.status = status;
        this.title = title;
        this.isForNow = isForNow;
    }

    /** One that may be answered in a moment, and says so. */
    static RefusedException forNow(int status, String title, String detail) {
        return new RefusedException(status, title, detail, true);
    }

    boolean isForNow() {
        return isForNow;
    }

    int status() {
        return status;
    }

    String title() {
        return title;
    }
}
