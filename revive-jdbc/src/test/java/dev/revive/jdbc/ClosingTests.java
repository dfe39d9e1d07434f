// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.revive.Revive;
import dev.revive.store.StoreException;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowHandle;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An engine on the embedded file is closed while the body of a transaction runs, which nothing can end. */
@Timeout(300)
class ClosingTests {
    private static final Workflow<String, Integer> BOOK = Workflow.named("book", String.class, Integer.class);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration GRACE = Duration.ofSeconds(2);

    /** The grace and ten seconds, and as much again for a machine that does much else. */
    private static final Duration BOUND = Duration.ofSeconds(24);

    @TempDir
    Path directory;

    private final CountDownLatch isInBody = new CountDownLatch(1);
    private final CountDownLatch mayEnd = new CountDownLatch(1);

    private Revive engine(JdbcStore store) {
        return Revive.with(store)
                .shutdownGrace(GRACE)
                .register(BOOK, (ctx, in) -> ctx.transaction("Book", Integer.class, this::book))
                .start();
    }

    private int book(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("INSERT INTO booking VALUES (1)");
            isInBody.countDown();
            awaitEnd();
            try (ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM booking")) {
                rows.next();
                return rows.getInt(1);
            }
        }
    }

    private void awaitEnd() {
        while (true) {
            try {
                mayEnd.await();
                return;
            } catch (InterruptedException e) {
                // a body that does not listen
            }
        }
    }

    private JdbcStore open() {
        return JdbcStore.embedded(directory);
    }

    @Test
    void takesTheGraceAndTenSecondsAtMostAndTheRowsAreThereOnce() throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:h2:file:" + directory.resolve("revive"));
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE booking (n INT)");
        }
        Revive closing = engine(open());
        closing.start(BOOK, "it", "in");
        assertThat(isInBody.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();

        long begun = System.nanoTime();
        closing.close();
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        mayEnd.countDown();

        assertThat(took).isLessThan(BOUND);
        try (Revive next = engine(reopened())) {
            WorkflowHandle<Integer> handle = next.handle(BOOK, "it");
            assertThat(handle.result(PATIENCE)).isEqualTo(1);
        }
    }

    /** As soon as what was closed has let go of it. */
    private JdbcStore reopened() {
        return await().atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(StoreException.class)
                .until(this::open, store -> true);
    }
}
