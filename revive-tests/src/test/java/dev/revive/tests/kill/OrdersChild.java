// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.kill;

import dev.revive.Revive;
import dev.revive.jdbc.Durability;
import dev.revive.jdbc.JdbcStore;
import dev.revive.tests.support.ChildJvm;
import dev.revive.workflow.WorkflowHandle;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs {@link Orders} until it is killed, beginning with what its predecessor left. */
final class OrdersChild {
    private static final Logger log = LoggerFactory.getLogger(OrdersChild.class);

    private OrdersChild() {}

    /**
     * How a child works.
     *
     * @param round no other child's on the same directory
     * @param isHooked whether a hook tells what is durable
     * @param starters how many threads start workflows
     * @param atATime how many each starts before it waits for their results
     * @param effectTime how long an effect takes
     */
    record Work(int round, boolean isHooked, Durability durability, int starters, int atATime, Duration effectTime) {
        Object[] arguments(Path directory) {
            return new Object[] {directory, round, isHooked, durability, starters, atATime, effectTime};
        }

        static Work of(String[] arguments) {
            return new Work(
                    Integer.parseInt(arguments[1]),
                    Boolean.parseBoolean(arguments[2]),
                    Durability.valueOf(arguments[3]),
                    Integer.parseInt(arguments[4]),
                    Integer.parseInt(arguments[5]),
                    Duration.parse(arguments[6]));
        }
    }

    public static void main(String[] arguments) {
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> {
            log.error("{} ended", thread, thrown);
            ChildJvm.say("X " + thrown);
        });
        Work work = Work.of(arguments);
        Orders orders = new Orders(ChildJvm::say, work.effectTime());
        Revive.Builder builder = Revive.with(JdbcStore.embedded(Path.of(arguments[0]), work.durability()))
                .register(Orders.WORKFLOW, orders::run)
                .maxStrikes(Orders.MAX_STRIKES);
        Revive revive = (work.isHooked() ? builder.crashHook(orders.telling()) : builder).start();
        for (int i = 0; i < work.starters(); i++) {
            String prefix = "order-%d-%d-".formatted(work.round(), i);
            new Thread(() -> startWithoutEnd(revive, orders, prefix, work.atATime())).start();
        }
    }

    private static void startWithoutEnd(Revive revive, Orders orders, String prefix, int atATime) {
        for (int number = 0; ; ) {
            Map<String, WorkflowHandle<String>> handles = new LinkedHashMap<>();
            while (handles.size() < atATime) {
                String id = prefix + number++;
                handles.put(id, revive.start(Orders.WORKFLOW, id, id));
                orders.started(id);
            }
            handles.forEach((id, handle) -> orders.ended(id, Objects.requireNonNull(handle.result())));
        }
    }
}
