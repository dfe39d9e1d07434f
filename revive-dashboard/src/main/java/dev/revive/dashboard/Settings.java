// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import dev.revive.dashboard.view.Redaction;
import dev.revive.store.WorkflowStore;
import io.javalin.config.JavalinConfig;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a host wants of its console. */
record Settings(
        WorkflowStore store,
        Authentication authentication,
        boolean readOnly,
        @Nullable Redaction redaction,
        String host,
        Set<String> allowedHosts,
        String basePath,
        List<Page> pages,
        List<Consumer<JavalinConfig>> extensions) {
    /** A page of the host's beside the console. */
    record Page(String path, Class<?> anchor, String folder, String file) {}
}
