// SPDX-License-Identifier: Apache-2.0
package dev.revive.run;

import java.util.List;
import java.util.Optional;

/** Finds the line of user code that made the current call. */
final class CallSite {
    private static final List<String> NOT_THE_USERS = List.of(
            "dev.revive.call.",
            "dev.revive.run.",
            "dev.revive.journal.",
            "dev.revive.thread.",
            "dev.revive.workflow.",
            "java.",
            "jdk.");

    private CallSite() {}

    /** " Asked for at com.acme.Onboarding.run(Onboarding.java:42)." or nothing. */
    static String ofUserCode() {
        Optional<StackWalker.StackFrame> frame = StackWalker.getInstance()
                .walk(frames -> frames.filter(CallSite::isUserCode).findFirst());
        return frame.map(found -> " Asked for at " + found.toStackTraceElement() + ".")
                .orElse("");
    }

    private static boolean isUserCode(StackWalker.StackFrame frame) {
        return NOT_THE_USERS.stream().noneMatch(frame.getClassName()::startsWith);
    }
}
