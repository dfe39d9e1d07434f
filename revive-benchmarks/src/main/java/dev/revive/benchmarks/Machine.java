// SPDX-License-Identifier: Apache-2.0
package dev.revive.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import dev.revive.databases.PostgresServer;
import java.lang.management.ManagementFactory;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where and when it was measured.
 *
 * @param facts name and value, in order
 */
record Machine(Map<String, String> facts) {
    private static final String[] SETTINGS = {
        "fsync", "synchronous_commit", "full_page_writes", "wal_sync_method", "shared_buffers", "max_wal_size"
    };

    static Machine of(PostgresServer server) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("date", LocalDate.now(ZoneOffset.UTC).toString());
        facts.put("cores", String.valueOf(Runtime.getRuntime().availableProcessors()));
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
            facts.put("memory", "%d GB".formatted(system.getTotalMemorySize() >> 30));
        }
        facts.put("system", "%s %s".formatted(System.getProperty("os.name"), System.getProperty("os.arch")));
        facts.put(
                "JDK", "%s, %s".formatted(System.getProperty("java.vm.version"), System.getProperty("java.vm.vendor")));
        facts.put("heap", "%d MB".formatted(Runtime.getRuntime().maxMemory() >> 20));
        facts.put("database", server.product() + ", on the same machine");
        for (String setting : SETTINGS) {
            facts.put(setting, server.show(setting));
        }
        return new Machine(facts);
    }
}
