// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.programs;

import dev.revive.crash.CrashAction;
import dev.revive.crash.CrashHook;
import dev.revive.crash.CrashPoint;
import dev.revive.crash.CrashSite;
import java.util.EnumMap;
import java.util.Map;

/** Counts the passages of an uncrashed run. */
final class Passages implements CrashHook {
    private final Map<CrashPoint, Integer> count = new EnumMap<>(CrashPoint.class);

    @Override
    public synchronized CrashAction at(CrashSite site) {
        count.merge(site.point(), 1, Integer::sum);
        return CrashAction.GO_ON;
    }

    synchronized Map<CrashPoint, Integer> count() {
        return new EnumMap<>(count);
    }
}
