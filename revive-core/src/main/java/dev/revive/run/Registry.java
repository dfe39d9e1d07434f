// SPDX-License-Identifier: Apache-2.0
package dev.revive.run;

import dev.revive.codec.Documents;
import dev.revive.codec.Payloads;
import dev.revive.store.WorkflowType;
import dev.revive.workflow.SerializationException;
import dev.revive.workflow.TypeRef;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowFunction;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Name and version to code. Filled before the start, read-only after. */
public final class Registry {
    private final Map<WorkflowType, Registration<?, ?>> registrations = new HashMap<>();

    /**
     * A workflow and its code.
     *
     * @param workflow the type
     * @param function the code
     * @param <I> the input's type
     * @param <O> the output's type
     */
    public record Registration<I extends @Nullable Object, O extends @Nullable Object>(
            Workflow<I, O> workflow, WorkflowFunction<? super I, ? extends O> function) {}

    /**
     * Adds code.
     *
     * @param workflow the type
     * @param function the code
     * @param <I> the input's type
     * @param <O> the output's type
     * @throws IllegalArgumentException if there is code for this name and version already
     */
    public <I extends @Nullable Object, O extends @Nullable Object> void add(
            Workflow<I, O> workflow, WorkflowFunction<? super I, ? extends O> function) {
        Objects.requireNonNull(workflow, "workflow");
        Objects.requireNonNull(function, "function");
        if (registrations.putIfAbsent(typeOf(workflow), new Registration<>(workflow, function)) != null) {
            throw new IllegalArgumentException(
                    "Workflow %s is registered twice. Give one of them another name or version.".formatted(workflow));
        }
    }

    /** Refuses a workflow whose input or output cannot be recorded, while nothing runs yet. */
    public void check(Payloads payloads) {
        for (Registration<?, ?> registration : registrations.values()) {
            check(
                    payloads,
                    registration.workflow(),
                    "input",
                    registration.workflow().input());
            check(
                    payloads,
                    registration.workflow(),
                    "output",
                    registration.workflow().output());
        }
    }

    private static void check(Payloads payloads, Workflow<?, ?> workflow, String what, TypeRef<?> type) {
        try {
            payloads.check(type.type());
        } catch (SerializationException e) {
            throw new SerializationException("The %s of workflow %s: %s".formatted(what, workflow, e.getMessage()), e);
        }
    }

    @Nullable
    public Registration<?, ?> find(WorkflowType type) {
        return registrations.get(type);
    }

    /**
     * All that there is code for, as {@link dev.revive.store.ExecutorSettings#types} tells it.
     *
     * @return JSON
     */
    public String described() {
        return Documents.write(types().stream()
                .sorted(Comparator.comparing(WorkflowType::name).thenComparingInt(WorkflowType::version))
                .map(type -> type.name() + " v" + type.version())
                .toList());
    }

    public Set<WorkflowType> types() {
        return registrations.keySet();
    }

    public static WorkflowType typeOf(Workflow<?, ?> workflow) {
        return new WorkflowType(workflow.name(), workflow.version());
    }
}
