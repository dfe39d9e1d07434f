// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import java.util.Objects;

/**
 * A kind of message that a workflow can wait for: a name, and the type of what it carries. Immutable.
 *
 * <pre>{@code
 * static final Signal<Approval> APPROVAL = Signal.named("approval", Approval.class);
 *
 * Approval approval = ctx.await(APPROVAL);                                  // in the workflow
 * revive.workflow("order-42").signal(APPROVAL, new Approval("Ada"));        // from anywhere else
 * }</pre>
 *
 * @param <T> the type of what it carries, never null
 */
public final class Signal<T> {
    private final String name;
    private final TypeRef<T> type;

    private Signal(String name, TypeRef<T> type) {
        this.name = Names.name("signal name", name);
        this.type = Types.recordable("the signal " + name, type);
    }

    /**
     * Names a signal.
     *
     * @param name 1 to 200 characters; stored with every one that is sent, so it must not change while any is on its way
     * @param type the class of what it carries
     * @param <T> the type
     * @return the signal
     * @throws IllegalArgumentException if the name is blank, too long, or holds what a database cannot; or if values of the type are still to come
     */
    public static <T> Signal<T> named(String name, Class<T> type) {
        return named(name, TypeRef.of(type));
    }

    /**
     * Names a signal that carries a type with type arguments.
     *
     * @param name 1 to 200 characters; stored with every one that is sent, so it must not change while any is on its way
     * @param type the type of what it carries
     * @param <T> the type
     * @return the signal
     * @throws IllegalArgumentException if the name is blank, too long, or holds what a database cannot; or if values of the type are still to come
     */
    public static <T> Signal<T> named(String name, TypeRef<T> type) {
        return new Signal<>(name, Objects.requireNonNull(type, "type"));
    }

    /**
     * The name that is stored with every one that is sent.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    /**
     * The type of what it carries.
     *
     * @return its token
     */
    public TypeRef<T> type() {
        return type;
    }

    @Override
    public String toString() {
        return name;
    }
}
