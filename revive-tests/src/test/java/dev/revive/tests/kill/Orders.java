// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.kill;

import dev.revive.crash.CrashAction;
import dev.revive.crash.CrashHook;
import dev.revive.crash.CrashPoint;
import dev.revive.workflow.Step;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An order: steps at the root and in two branches, a transaction in one of the branches and one at the root. Tells all that it does, one line
 * each, and what was acknowledged:
 *
 * <pre>
 * S workflow                  its start was acknowledged
 * E workflow|step|nonce       an effect happens
 * T workflow|step|nonce       a transaction's body runs; whether its row stays is for the commit to say
 * A workflow|step|sha-256     this value is durable
 * D workflow                  its end was acknowledged
 * </pre>
 *
 * A value is durable when Revive says so to a crash hook, and at the latest when the next effect of its scope begins. The hook makes the engine
 * wait more often than it does in earnest, so there are runs with it and without.
 */
final class Orders {
    static final Workflow<String, String> WORKFLOW = Workflow.named("order", String.class, String.class);

    /** On a busy machine any number of kills in a row may come before a workflow's next outcome, and none is its fault. */
    static final int MAX_STRIKES = Integer.MAX_VALUE;

    static final List<String> EFFECTS = List.of("Take Order", "Pack", "Charge", "Confirm Charge", "Send Mail");
    static final List<String> BOOKINGS = List.of("Take From Stock", "Book Sale");

    private static final int LONG_VALUE = 20_000;

    private final Consumer<String> report;
    private final Duration effectTime;
    private final Map<String, String> unacknowledged = new ConcurrentHashMap<>();
    private boolean isHooked;

    Orders(Consumer<String> report, Duration effectTime) {
        this.report = report;
        this.effectTime = effectTime;
    }

    /** A hook that never crashes: it tells what is durable. To be installed before anything runs. */
    CrashHook telling() {
        isHooked = true;
        return site -> {
            String value = unacknowledged.get(site.workflowId() + site.name());
            if (site.point() == CrashPoint.AFTER_OUTCOME && value != null) {
                unacknowledged.remove(site.workflowId() + site.name());
                acknowledged(site.workflowId(), value);
            } else if (site.point() == CrashPoint.AFTER_COMPLETION) {
                ended(site.workflowId());
            }
            return CrashAction.GO_ON;
        };
    }

    void started(String id) {
        report.accept("S " + id);
    }

    void ended(String id) {
        report.accept("D " + id);
    }

    /** All of its values are durable too. */
    void ended(String id, String result) {
        for (String value : result.split(" ")) {
            acknowledged(id, value);
        }
        ended(id);
    }

    private void acknowledged(String id, String value) {
        report.accept("A %s|%s|%s".formatted(id, step(value), sha256(value)));
    }

    String run(WorkflowContext ctx, String id) {
        String taken = act(ctx, id, "Take Order");
        String ready = ctx.parallel(
                branch -> book(branch, id, "Take From Stock", act(branch, id, "Pack", taken)),
                branch -> act(branch, id, "Confirm Charge", act(branch, id, "Charge", taken)),
                (stock, charge) -> stock + " " + charge);
        String booked = book(ctx, id, "Book Sale", ready.split(" "));
        String mailed = act(ctx, id, "Send Mail", booked);
        return String.join(" ", taken, ready, booked, mailed);
    }

    private String act(WorkflowContext ctx, String id, String step, String... earlier) {
        return ctx.step(Step.of(step, String.class, attempt -> happen("E", id, step, earlier)));
    }

    private String book(WorkflowContext ctx, String id, String step, String... earlier) {
        return ctx.transaction(step, String.class, connection -> {
            String value = happen("T", id, step, earlier);
            Bookings.insert(connection, id, step, nonce(value));
            return value;
        });
    }

    private String happen(String kind, String id, String step, String... earlier) {
        for (String value : earlier) {
            acknowledged(id, value);
        }
        String value = freshValue(step);
        report.accept("%s %s|%s|%s".formatted(kind, id, step, nonce(value)));
        if (!effectTime.isZero()) {
            LockSupport.parkNanos(effectTime.toNanos());
        }
        if (isHooked) {
            unacknowledged.put(id + step, value);
        }
        return value;
    }

    // ---- values: step|nonce|padding, without spaces

    private static String freshValue(String step) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        int padding = random.nextInt(200) == 0 ? LONG_VALUE : random.nextInt(200);
        return step.replace(' ', '_') + "|" + Long.toHexString(random.nextLong()) + "|" + "x".repeat(padding);
    }

    private static String step(String value) {
        return value.substring(0, value.indexOf('|')).replace('_', ' ');
    }

    static String nonce(String value) {
        int from = value.indexOf('|') + 1;
        return value.substring(from, value.indexOf('|', from));
    }

    static String sha256(String value) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(value.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The value in a step's row, from its JSON. */
    static @Nullable String valueIn(@Nullable String json) {
        return json == null ? null : json.substring(1, json.length() - 1);
    }
}
