// SPDX-License-Identifier: Apache-2.0
package dev.revive.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import dev.revive.Revive;
import dev.revive.ReviveClient;
import dev.revive.jdbc.JdbcSettings;
import dev.revive.jdbc.JdbcStore;
import dev.revive.workflow.Child;
import dev.revive.workflow.Signal;
import dev.revive.workflow.Step;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowContext;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Revive, at its defaults. */
final class ReviveContestant implements Contestant {
    static final int POOL = 20;

    private static final Workflow<Integer, String> DEFAULT = Workflow.named("default", Integer.class, String.class);
    private static final Workflow<Integer, String> IDEMPOTENT =
            Workflow.named("idempotent", Integer.class, String.class);
    private static final Workflow<Integer, String> WAITING = Workflow.named("waiting", Integer.class, String.class);
    private static final Workflow<Integer, String> ROUNDS = Workflow.named("rounds", Integer.class, String.class);
    private static final Workflow<Integer, String> PARENT = Workflow.named("parent", Integer.class, String.class);
    private static final Signal<String> GO = Signal.named("go", String.class);
    private static final Signal<String> NEWS = Signal.named("news", String.class);

    @Override
    public String name() {
        return "Revive";
    }

    @Override
    public String configuration() {
        return "all defaults (2 lanes, 256 permits, 10,000 loaded runs, lease 30 s); HikariCP of " + POOL
                + ", of which it holds 4. Recovery: exclusive, so a restart waits for no lease";
    }

    @Override
    public Running open(Database database, Effect effect) {
        return open(database, JdbcSettings.defaults(), effect, builder -> builder);
    }

    @Override
    public Running openForCrowd(Database database, Effect effect, int workflows) {
        int room = workflows + 64;
        return open(
                database,
                JdbcSettings.defaults().asExclusive(),
                effect,
                builder -> builder.permits(room).threads(room).maxLoadedRuns(room));
    }

    @Override
    public Running reopen(Database database, Effect effect) {
        return open(database, JdbcSettings.defaults().asExclusive(), effect, builder -> builder);
    }

    @Override
    public Sender openSender(Database database) {
        HikariDataSource pool = database.pool(POOL);
        ReviveClient client = Revive.with(JdbcStore.over(pool)).openClient();
        return new Sender() {
            @Override
            public void signal(String id) {
                client.workflow(id).signal(GO, Effect.ANSWER);
            }

            @Override
            public void close() {
                client.close();
                pool.close();
            }
        };
    }

    private static Running open(
            Database database, JdbcSettings settings, Effect effect, UnaryOperator<Revive.Builder> setting) {
        HikariDataSource pool = database.pool(POOL);
        return new Opened(
                setting.apply(with(JdbcStore.over(pool, settings), effect)).start(), pool::close);
    }

    /** An engine that knows the workflows. */
    static Revive.Builder with(JdbcStore store, Effect effect) {
        return Revive.with(store)
                .register(DEFAULT, (ctx, steps) -> byDefault(ctx, steps, effect))
                .register(IDEMPOTENT, (ctx, steps) -> idempotently(ctx, steps, effect))
                .register(WAITING, (ctx, number) -> waiting(ctx, number, effect))
                .register(PARENT, (ctx, children) -> parent(ctx, children))
                .register(ROUNDS, (ctx, rounds) -> rounds(ctx, rounds, effect));
    }

    static Running running(Revive revive) {
        return new Opened(revive, () -> {});
    }

    private static String byDefault(WorkflowContext ctx, int steps, Effect effect) {
        String last = "";
        for (int number = 1; number <= steps; number++) {
            int current = number;
            last = ctx.step("book", String.class, () -> effect.run(current));
        }
        return last;
    }

    private static String idempotently(WorkflowContext ctx, int steps, Effect effect) {
        String last = "";
        for (int number = 1; number <= steps; number++) {
            int current = number;
            last = ctx.step(Step.of("book", String.class, attempt -> effect.run(current))
                    .idempotent());
        }
        return last;
    }

    private static String waiting(WorkflowContext ctx, int number, Effect effect) throws Exception {
        String received = ctx.await(GO);
        effect.run(number);
        return received;
    }

    private static String rounds(WorkflowContext ctx, int rounds, Effect effect) {
        String last = ctx.await(NEWS);
        for (int number = 1; number <= rounds; number++) {
            int current = number;
            ctx.await(GO);
            last = ctx.step("book", String.class, () -> effect.run(current));
        }
        return last;
    }

    private static String parent(WorkflowContext ctx, int children) {
        List<Child<String>> started = new ArrayList<>();
        for (int number = 1; number <= children; number++) {
            started.add(ctx.start(DEFAULT, 1));
        }
        String last = "";
        for (Child<String> child : started) {
            last = ctx.await(child);
        }
        return last;
    }

    @Override
    public int largestCrowd() {
        return Integer.MAX_VALUE;
    }

    @Override
    public long waiting(Database database) throws SQLException {
        return database.count("SELECT COUNT(*) FROM revive_workflow WHERE status = 'DUE' AND waits_for IS NOT NULL");
    }

    @Override
    public long finished(Database database) throws SQLException {
        return database.count("SELECT COUNT(*) FROM revive_workflow WHERE status = 'COMPLETED'");
    }

    private record Opened(Revive revive, Runnable afterwards) implements Running {
        @Override
        public void call(String id, int steps, Steps kind) {
            revive.start(kind == Steps.DEFAULT ? DEFAULT : IDEMPOTENT, id, steps)
                    .result();
        }

        @Override
        public void callParent(String id, int children) {
            revive.start(PARENT, id, children).result();
        }

        @Override
        public void launch(String id, int steps) {
            revive.start(DEFAULT, id, steps);
        }

        @Override
        public void launchWaiting(String id, int number) {
            revive.start(WAITING, id, number);
        }

        @Override
        public void launchRounds(String id, int rounds) {
            revive.start(ROUNDS, id, rounds);
        }

        @Override
        public void tell(String id) {
            revive.workflow(id).signal(NEWS, Effect.ANSWER);
        }

        @Override
        public void signal(String id) {
            revive.workflow(id).signal(GO, Effect.ANSWER);
        }

        @Override
        public void close() {
            revive.close();
            afterwards.run();
        }
    }
}
