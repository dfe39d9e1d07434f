// SPDX-License-Identifier: Apache-2.0
package dev.revive.engine;

import java.util.Optional;

/** Finds the line of user code that made the current call. */
final class CallSite {
    private CallSite() {}

    /** " Asked for at com.acme.Onboarding.run(Onboarding.java:42)." or nothing. */
    static String ofUserCode() {
        Optional<StackWalker.StackFrame> frame = StackWalker.getInstance()
                .walk(frames -> frames.filter(CallSite::isUserCode).findFirst());
        return frame.map(found -> " Asked for at " + found.toStackTraceElement() + ".")
                .orElse("");
    }

    private static boolean isUserCode(StackWalker.StackFrame frame) {
        String name = frame.getClassName();
        return !name.startsWith("dev.revive.engine.")
                && !name.startsWith("dev.revive.workflow.")
                && !name.startsWith("dev.revive.journal.")
                && !name.startsWith("java.")
                && !name.startsWith("jdk.");
    }
}
