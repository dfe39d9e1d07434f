// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.kill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.revive.Revive;
import dev.revive.jdbc.JdbcStore;
import dev.revive.store.StepRecord;
import dev.revive.store.StoreException;
import dev.revive.tests.support.ChildJvm;
import dev.revive.workflow.Action;
import dev.revive.workflow.Step;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowContext;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two processes and one directory: not at the same time, and at once after each other. */
@Timeout(300)
class SecondProcessTests {
    private static final Workflow<String, String> RELAY = Workflow.named("relay", String.class, String.class);
    private static final String ID = "relay-1";
    private static final Duration LONG_LEASE = Duration.ofMinutes(10);
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    private Path directory;

    private final BlockingQueue<String> said = new LinkedBlockingQueue<>();

    @Test
    void aSecondProcessIsSoonToldWhichDirectoryIsInUse() {
        try (ChildJvm holder = holder()) {
            assertSaid("took its place, attempt 1", "holds the baton, attempt 1");

            try (ChildJvm second = ChildJvm.start(Opener.class, said::add, directory)) {
                assertThat(second.await()).isEqualTo(Opener.REFUSED);
            }

            assertThat(next()).startsWith("The directory %s is in use by another store".formatted(directory));
            assertThat(Duration.ofMillis(Long.parseLong(next()))).isLessThan(SOON);
            holder.kill();
        }
    }

    @Test
    void aRefusedProcessDoesNotDisturbTheFirst() {
        try (ChildJvm holder = holder()) {
            assertSaid("took its place, attempt 1", "holds the baton, attempt 1");

            assertThatThrownBy(() -> JdbcStore.embedded(directory).close())
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining(directory.toString());

            holder.tell("go on");
            assertSaid("done");
            holder.kill();
        }
        try (JdbcStore store = JdbcStore.embedded(directory)) {
            assertThat(store.steps(ID)).extracting(StepRecord::attempt).containsExactly(1, 1);
        }
    }

    /** The dead process had a lease of ten minutes, and the test has less patience than that. */
    @Test
    void afterAKillTheNextProcessGoesOnWithoutWaitingForTheLease() {
        killWhileItHoldsTheBaton();

        try (ChildJvm next = holder()) {
            assertSaid("holds the baton, attempt 2");
            next.tell("go on");
            assertSaid("done");
            next.kill();
        }
        assertThat(said).isEmpty();
    }

    @Test
    void afterAKillAStoreInThisProcessGoesOnWithoutWaitingForTheLease() {
        killWhileItHoldsTheBaton();

        try (Revive revive = engine(directory, said::add, () -> {})) {
            assertThat(revive.handle(RELAY, ID).result(ChildJvm.PATIENCE)).isEqualTo("arrived");
        }
        assertSaid("holds the baton, attempt 2");
        assertThat(said).isEmpty();
    }

    private void killWhileItHoldsTheBaton() {
        try (ChildJvm first = holder()) {
            assertSaid("took its place, attempt 1", "holds the baton, attempt 1");
            first.kill();
        }
    }

    private ChildJvm holder() {
        return ChildJvm.start(Holder.class, said::add, directory);
    }

    private void assertSaid(String... lines) {
        for (String line : lines) {
            assertThat(next()).isEqualTo(line);
        }
    }

    private String next() {
        try {
            String line = said.poll(ChildJvm.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            assertThat(line).as("something is said").isNotNull();
            return line;
        } catch (InterruptedException e) {
            throw new IllegalStateException("The test ran out of time.", e);
        }
    }

    private static Revive engine(Path directory, Consumer<String> say, Action baton) {
        return Revive.with(JdbcStore.embedded(directory))
                .lease(LONG_LEASE)
                .register(RELAY, (ctx, input) -> relay(ctx, say, baton))
                .start();
    }

    private static String relay(WorkflowContext ctx, Consumer<String> say, Action baton) {
        ctx.step(Step.of("Take Place", Integer.class, attempt -> {
            say.accept("took its place, attempt " + attempt.attempt());
            return attempt.attempt();
        }));
        return ctx.step(Step.of("Hold Baton", String.class, attempt -> {
            say.accept("holds the baton, attempt " + attempt.attempt());
            baton.run();
            return "arrived";
        }));
    }

    /** A child that holds the directory, and the baton until it is told something. Lives until it is killed. */
    static final class Holder {
        public static void main(String[] args) throws InterruptedException {
            Revive revive = engine(Path.of(args[0]), ChildJvm::say, () -> System.in.read());
            revive.start(RELAY, ID, "go").result();
            ChildJvm.say("done");
            Thread.currentThread().join();
        }
    }

    /** A child that tries to open the directory, and tells the error and how many milliseconds it took. */
    static final class Opener {
        static final int REFUSED = 3;

        public static void main(String[] args) {
            long before = System.nanoTime();
            try (JdbcStore store = JdbcStore.embedded(Path.of(args[0]))) {
                ChildJvm.say("opened " + store);
            } catch (StoreException e) {
                ChildJvm.say(e.getMessage());
                ChildJvm.say(Long.toString(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - before)));
                System.exit(REFUSED);
            }
        }
    }
}
