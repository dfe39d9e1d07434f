// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.simulator;

import dev.revive.dashboard.view.WorkflowDetail;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that the page shows. Its components are the JSON of {@code /api/simulator/state}.
 *
 * @param revision raised whenever anything but the time changed
 * @param now the page's process's time
 * @param place where the tables are, for people
 * @param workers in the order of their starts
 * @param plan what the person asked for, or null before
 * @param workflow the workflow and its steps as they are in the tables, or null if it is not there
 * @param world what really happened
 * @param runs who ran what
 * @param log what was done, by whom
 * @param executing the steps that are under way
 * @param captions short explanations, in the order of what they explain
 * @param points where a crash can be planned
 * @param can what makes sense now
 */
record State(
        long revision,
        Instant now,
        String place,
        List<Worker> workers,
        @Nullable Plan plan,
        @Nullable WorkflowDetail workflow,
        List<Outside> world,
        List<Run> runs,
        List<Line> log,
        List<Executing> executing,
        List<Caption> captions,
        List<Plan.Point> points,
        Can can) {
    enum Life {
        STARTING,
        ALIVE,
        FROZEN,
        DEAD
    }

    enum Seat {
        ALIVE,
        DEAD
    }

    record Worker(
            String name,
            long pid,
            Life state,
            Instant startedAt,
            @Nullable Instant endedAt,
            @Nullable Integer exitCode,
            @Nullable String how,
            @Nullable String executorId,
            @Nullable Seat seat) {}

    record Outside(String step, int times, @Nullable String why, List<Happened> happenings) {}

    record Happened(
            String nonce, int attempt, long pid, @Nullable String worker, String time, String idempotencyKey) {}

    record Run(
            String worker,
            long pid,
            long epoch,
            List<String> ran,
            List<String> skipped,
            List<String> asked,
            int refused) {}

    enum LineKind {
        WORKER,
        EFFECT,
        RECORD,
        REFUSED,
        PERSON
    }

    record Line(Instant time, @Nullable Long pid, @Nullable String worker, LineKind kind, String text) {}

    record Executing(String step, String worker, @Nullable List<Integer> line) {}

    record Caption(String id, String text) {}

    record Can(
            boolean run,
            boolean crash,
            boolean resume,
            boolean second,
            boolean freeze,
            boolean thaw,
            boolean reset,
            boolean approve,
            boolean cancel) {}

    /** The same at another moment. */
    State stamped(long newRevision, Instant at) {
        return new State(
                newRevision, at, place, workers, plan, workflow, world, runs, log, executing, captions, points, can);
    }
}
