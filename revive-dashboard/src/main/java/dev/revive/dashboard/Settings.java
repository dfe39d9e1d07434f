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

    /** A console of this machine, for this machine. */
    static Settings of(WorkflowStore store) {
        return new Settings(store, new Loopback(), false, null, "127.0.0.1", Set.of(), "", List.of(), List.of());
    }

    /** A copy that differs in what is changed of the draft. */
    Settings with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.settings();
    }

    /** The settings while they are changed. */
    static final class Draft {
        private final WorkflowStore store;
        Authentication authentication;
        boolean readOnly;

        @Nullable
        Redaction redaction;

        String host;
        Set<String> allowedHosts;
        String basePath;
        List<Page> pages;
        List<Consumer<JavalinConfig>> extensions;

        private Draft(Settings from) {
            store = from.store;
            authentication = from.authentication;
            readOnly = from.readOnly;
            redaction = from.redaction;
            host = from.host;
            allowedHosts = from.allowedHosts;
            basePath = from.basePath;
            pages = from.pages;
            extensions = from.extensions;
        }

        private Settings settings() {
            return new Settings(
                    store, authentication, readOnly, redaction, host, allowedHosts, basePath, pages, extensions);
        }
    }
}
