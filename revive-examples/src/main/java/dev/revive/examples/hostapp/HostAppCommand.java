// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.hostapp;

import com.zaxxer.hikari.HikariDataSource;
import dev.revive.Revive;
import dev.revive.crash.CrashPlan;
import dev.revive.crash.CrashPoint;
import dev.revive.examples.data.AnnouncedCrash;
import dev.revive.examples.data.ConnectionPool;
import dev.revive.examples.world.ExecutionLog;
import dev.revive.examples.world.OwnerOnly;
import dev.revive.jdbc.JdbcSettings;
import dev.revive.jdbc.JdbcStore;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowContext;
import dev.revive.workflow.WorkflowHandle;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * An application that had a connection pool and tables before it met Revive. Revive's tables lie beside its own, so a step can move money and
 * be recorded in one transaction: exactly once, whatever crashes.
 */
@Command(
        name = "host-app",
        description = "Moves 30 from Alice to Bob in a transactional step, in a database of the application's own.")
public final class HostAppCommand implements Callable<Integer> {
    private static final Workflow<Integer, String> PAYMENT = Workflow.named("payment", Integer.class, String.class);
    private static final String STEP = "Move Money";
    private static final int AMOUNT = 30;

    /** Without a write delay: a killed process must lose nothing. Revive would refuse the database otherwise. */
    private static final String SETTINGS =
            ";OPTIMIZE_REUSE_RESULTS=FALSE;WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE;TRACE_LEVEL_FILE=0";

    @Option(names = "--data", paramLabel = "DIR", description = "where the database is (default: ${DEFAULT-VALUE})")
    private Path directory = Path.of("revive-data");

    @Option(names = "--id", paramLabel = "ID", description = "the payment's id (default: ${DEFAULT-VALUE})")
    private String id = "payment-1";

    @Option(
            names = "--crash-at",
            paramLabel = "POINT",
            description = "halt the JVM there: before-started, before-effect, after-effect or after-outcome")
    private @Nullable CrashPoint crashPoint;

    @Override
    public Integer call() throws IOException, SQLException {
        OwnerOnly.createDirectory(directory);
        try (HikariDataSource pool = pool()) {
            Bank bank = new Bank(pool);
            bank.open();
            print("before", bank);
            try (Revive revive = revive(pool)) {
                WorkflowHandle<String> payment = revive.start(PAYMENT, id, AMOUNT);
                System.out.println(id + ": " + payment.result());
            }
            print("after ", bank);
        }
        return crashPoint == null ? 0 : neverCrashed(crashPoint);
    }

    /** The workflow. */
    private static String pay(WorkflowContext ctx, Integer amount) {
        String id = ctx.info().workflowId();
        ctx.transaction(STEP, Integer.class, connection -> {
            Bank.pay(connection, id, amount);
            return amount;
        });
        return "moved " + amount + " from alice to bob";
    }

    private Revive revive(HikariDataSource pool) {
        // The file has one user, this process, so what a dead one left behind is due at once.
        JdbcStore store = JdbcStore.over(pool, JdbcSettings.defaults().asExclusive());
        Revive.Builder revive = Revive.with(store).register(PAYMENT, HostAppCommand::pay);
        if (crashPoint != null) {
            CrashPlan plan =
                    CrashPlan.at(crashPoint).ofWorkflow(id).ofStep(STEP).halt();
            revive.crashHook(new AnnouncedCrash(plan, new ExecutionLog(directory)));
        }
        return revive.start();
    }

    private HikariDataSource pool() {
        Path file = directory.toAbsolutePath().normalize().resolve("host-app");
        return ConnectionPool.open("jdbc:h2:file:" + file + SETTINGS);
    }

    private static void print(String when, Bank bank) throws SQLException {
        System.out.printf("%s: balances %s, payments %d%n", when, bank.balances(), bank.payments());
    }

    private static int neverCrashed(CrashPoint point) {
        System.err.printf(
                "The crash did not happen: %s of \"%s\" was never reached. Is it recorded already?%n",
                point.label(), STEP);
        return 1;
    }
}
