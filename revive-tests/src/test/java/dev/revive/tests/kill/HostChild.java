// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.kill;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.revive.Revive;
import dev.revive.jdbc.JdbcStore;
import dev.revive.tests.support.ChildJvm;
import dev.revive.workflow.Signal;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowContext;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/** A host that books, and starts and signals a workflow in the transaction that books; it rolls back now and then. Until it is killed. */
final class HostChild {
    static final Workflow<String, String> CONFIRM = Workflow.named("confirm", String.class, String.class);
    static final Signal<String> SEAT = Signal.named("seat", String.class);

    private HostChild() {}

    /** The pool and the engine of a host. */
    record Host(HikariDataSource pool, Revive revive) implements AutoCloseable {
        static Host start(String url) {
            HikariConfig config = new HikariConfig();
            config.setJdbcUrl(url);
            config.setMaximumPoolSize(30);
            config.setMinimumIdle(0);
            HikariDataSource pool = new HikariDataSource(config);
            Revive revive = Revive.with(JdbcStore.over(pool))
                    .register(CONFIRM, HostChild::confirm)
                    .lease(Duration.ofSeconds(2))
                    .maxStrikes(1_000_000) // it is killed so often that it would be suspected itself
                    .start();
            return new Host(pool, revive);
        }

        @Override
        public void close() {
            revive.close();
            pool.close();
        }
    }

    private static String confirm(WorkflowContext ctx, String id) {
        String seat = ctx.await(SEAT);
        ctx.transaction("Confirm", Boolean.class, connection -> {
            insert(connection, "INSERT INTO confirmed (id) VALUES (?)", id + seat);
            return true;
        });
        return seat;
    }

    static void insert(Connection connection, String sql, String id) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, id);
            statement.executeUpdate();
        }
    }

    /** @param arguments the database's URL, the number of this life, and how many threads book */
    public static void main(String[] arguments) {
        Host host = Host.start(arguments[0]);
        AtomicInteger booked = new AtomicInteger();
        for (int i = 0; i < Integer.parseInt(arguments[2]); i++) {
            int number = i;
            new Thread(() -> bookWithoutEnd(host, arguments[1] + "-" + number + "-", booked)).start();
        }
    }

    private static void bookWithoutEnd(Host host, String prefix, AtomicInteger booked) {
        Random chance = new Random();
        for (int i = 0; ; i++) {
            try {
                book(host, prefix + i, chance.nextInt(4));
                if (booked.incrementAndGet() == 1) {
                    ChildJvm.say("booked");
                }
            } catch (SQLException e) {
                ChildJvm.say("X " + e);
            }
        }
    }

    private static void book(Host host, String id, int chance) throws SQLException {
        if (chance == 0) {
            host.revive().transact(connection -> {
                ask(host, connection, id);
                return true;
            });
            return;
        }
        try (Connection connection = host.pool().getConnection()) {
            connection.setAutoCommit(false);
            ask(host, connection, id);
            if (chance == 1) {
                connection.rollback();
            } else {
                connection.commit();
            }
        }
    }

    private static void ask(Host host, Connection connection, String id) throws SQLException {
        host.revive().in(connection).start(CONFIRM, id, id);
        insert(connection, "INSERT INTO booked (id) VALUES (?)", id + "!");
        host.revive().in(connection).signal(id, SEAT, "!");
    }
}
