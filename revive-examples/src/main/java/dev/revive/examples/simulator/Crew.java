// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.simulator;

import dev.revive.examples.simulator.State.Life;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The workers of a story, in the order of their starts. Used by one thread. */
final class Crew {
    static final int MOST = 3;

    private final Chronicle chronicle;
    private final Map<String, WorkerProcess> workers = new LinkedHashMap<>();

    Crew(Chronicle chronicle) {
        this.chronicle = chronicle;
    }

    void start(Order order) {
        workers.put(order.worker(), WorkerProcess.start(order, chronicle));
    }

    /** A to Z, then A2 and so on. */
    String nextName() {
        int number = new Story(chronicle.events()).actors().size();
        String letter = String.valueOf((char) ('A' + number % 26));
        return number < 26 ? letter : letter + (number / 26 + 1);
    }

    WorkerProcess require(@Nullable String name) {
        WorkerProcess worker = name == null ? null : workers.get(name);
        if (worker == null || !worker.isAlive()) {
            throw new NotNowException(
                    name == null ? "Say which worker." : "There is no living worker %s.".formatted(name));
        }
        return worker;
    }

    Life life(WorkerProcess worker) {
        Story.Actor actor = new Story(chronicle.events()).actors().get(worker.name());
        return actor == null ? Life.DEAD : actor.life();
    }

    List<WorkerProcess> living() {
        return workers.values().stream().filter(WorkerProcess::isAlive).toList();
    }

    /** For example: Worker A and B is alive and frozen. */
    String names() {
        return String.join(" and ", living().stream().map(WorkerProcess::name).toList());
    }

    boolean isAnyFrozen() {
        return living().stream().anyMatch(WorkerProcess::isFrozen);
    }

    void killAll(String how) {
        living().forEach(worker -> worker.kill(how));
    }

    /** Kills them all; the next story begins with A. */
    void dismiss(String how) {
        killAll(how);
        workers.clear();
    }
}
