// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import dev.revive.jdbc.JdbcStore;
import java.io.IOException;
import java.nio.file.Path;

/** A console in a JVM of its own with little memory, over a directory that somebody has filled. Ends with its standard input. */
public final class SmallHeap {
    private SmallHeap() {}

    /** Prints its port. */
    @SuppressWarnings("EmptyBlockStatement") // there is nothing to do but to wait
    public static void main(String[] args) throws IOException {
        try (JdbcStore store = JdbcStore.embedded(Path.of(args[0]));
                DashboardServer console = ReviveDashboard.over(store)
                        .authentication(request -> request.header("X-User").map(SmallHeap::visitor))
                        .redaction((place, text) -> text.startsWith("\"s") ? null : text)
                        .start(0)) {
            System.out.println("port " + console.port());
            while (System.in.read() >= 0) {}
        }
    }

    private static Visitor visitor(String name) {
        return name.equals("viewer") ? Visitor.of(name, Role.VIEW) : Visitor.of(name, Role.VIEW, Role.VIEW_PAYLOADS);
    }
}
