// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.force;

import dev.revive.crash.CrashAction;
import dev.revive.crash.CrashHook;
import dev.revive.crash.CrashSite;
import dev.revive.store.Operation;
import dev.revive.store.Operation.Checkpoint;
import dev.revive.store.Operation.Finish;
import dev.revive.store.Operation.Receive;
import dev.revive.store.Operation.Release;
import dev.revive.tests.support.OverheardStore;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The moments at which something else may come in between, as an engine passes them: before and after each of its words with the store, and its crash
 * points. Who hears of one holds the thread that passes it.
 */
final class Moments implements OverheardStore.Listener, CrashHook {
    private static final Set<String> OF_NOBODY = Set.of("claim", "reclaim", "load", "inboxes");
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private volatile Consumer<String> listener = moment -> {};
    private volatile String workflowId = "";
    private long passed;

    /** Tells of one workflow from now on. */
    void of(String id, Consumer<String> whoHears) {
        listener = moment -> {};
        workflowId = id;
        listener = whoHears;
    }

    @Override
    public void hear(String method, List<?> arguments) {
        pass("before ", method, arguments);
    }

    @Override
    public void made(String method, List<?> arguments) {
        pass("after ", method, arguments);
    }

    @Override
    public CrashAction at(CrashSite site) {
        if (site.workflowId().equals(workflowId)) {
            pass(site.point().label());
        }
        return CrashAction.GO_ON;
    }

    private void pass(String when, String method, List<?> arguments) {
        if (method.equals("write")) {
            for (Object operation : (List<?>) arguments.get(0)) {
                if (((Operation) operation).workflowId().equals(workflowId)) {
                    pass(when + describe((Operation) operation));
                }
            }
        } else if (OF_NOBODY.contains(method)) {
            pass(when + method);
        }
    }

    private static String describe(Operation operation) {
        if (operation instanceof Finish finish) {
            return finish.status().name();
        }
        if (operation instanceof Checkpoint checkpoint) {
            return checkpoint.step().key().name() + " " + checkpoint.step().status();
        }
        if (operation instanceof Receive receive) {
            return receive.step().key().name() + " received";
        }
        return operation instanceof Release ? "RELEASE" : "START";
    }

    private void pass(String moment) {
        listener.accept(moment);
        tell();
    }

    /** Something has changed that somebody may wait for. */
    synchronized void tell() {
        passed++;
        notifyAll();
    }

    private synchronized long passed() {
        return passed;
    }

    /** Waits until this is so; it is looked at after every moment. */
    void await(String what, BooleanSupplier condition) {
        await(() -> what, condition);
    }

    void await(Supplier<String> what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        for (long seen = passed(); !condition.getAsBoolean(); seen = passed()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("In vain it was waited for that " + what.get());
            }
            awaitOneAfter(seen);
        }
    }

    private synchronized void awaitOneAfter(long seen) {
        try {
            if (passed == seen) {
                wait(20);
            }
        } catch (InterruptedException e) {
            throw new AssertionError("Nobody interrupts a test.", e);
        }
    }
}
