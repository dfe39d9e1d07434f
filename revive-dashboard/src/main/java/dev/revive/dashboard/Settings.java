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
    /** Where the console's own pages are, as its script knows them. */
    private static final Set<String> PLACES = Set.of("/", "/workflows", "/workflow", "/executors", "/undelivered");

    /** A page of the host's beside the console. */
    record Page(String path, Class<?> anchor, String folder, String file) {}

    /** A console of this machine, for this machine. */
    static Settings of(WorkflowStore store) {
        return new Settings(store, new Loopback(false), false, null, "127.0.0.1", Set.of(), "", List.of(), List.of());
    }

    /**
     * Whether a path is a page's, or an asset's: all that a link on another site may lead to.
     *
     * @param path below the context path
     */
    boolean isPage(String path) {
        return path.equals(basePath)
                || PLACES.stream().anyMatch(place -> path.equals(basePath + place))
                || path.startsWith(basePath + "/assets/")
                || pages.stream()
                        .anyMatch(page -> path.equals(basePath + page.path())
                                || path.startsWith(basePath + page.path() + "/assets/"));
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
