// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.revive.Revive;
import dev.revive.store.InMemoryStore;
import dev.revive.store.WorkflowStore;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowHandle;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A short workflow is over before its result is asked for; that must not cost a look into the database. */
@Timeout(60)
class KnownEndingTests {
    private static final Workflow<String, String> ECHO = Workflow.named("echo", String.class, String.class);

    private final AtomicInteger looks = new AtomicInteger();

    @Test
    void whoStartedAWorkflowThatIsOverNeedNotLookForIt() {
        try (Revive revive = Revive.with(counting(new InMemoryStore()))
                .register(ECHO, (ctx, in) -> in)
                .start()) {
            WorkflowHandle<String> started = revive.start(ECHO, "x", "a");
            revive.handle(ECHO, "x").result();
            int before = looks.get();

            assertThat(started.result()).isEqualTo("a");

            assertThat(looks).hasValue(before);
        }
    }

    @Test
    void whoStartsItAgainLooksForWhatTheFirstRecorded() {
        try (Revive revive = Revive.with(counting(new InMemoryStore()))
                .register(ECHO, (ctx, in) -> in)
                .start()) {
            revive.start(ECHO, "x", "a").result();
            int before = looks.get();

            assertThat(revive.start(ECHO, "x", "a").result()).isEqualTo("a");

            assertThat(looks).hasValueGreaterThan(before);
        }
    }

    private WorkflowStore counting(WorkflowStore store) {
        return (WorkflowStore) Proxy.newProxyInstance(
                WorkflowStore.class.getClassLoader(),
                new Class<?>[] {WorkflowStore.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("find")) {
                        looks.incrementAndGet();
                    }
                    try {
                        return method.invoke(store, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
