// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A workflow's type: a name, a version, and the types of its input and output. It holds no code, so it is all a caller needs in order to
 * start or await a workflow that another program runs. Immutable.
 *
 * @param <I> the input's type
 * @param <O> the output's type
 */
public final class Workflow<I extends @Nullable Object, O extends @Nullable Object> {
    private final String name;
    private final int version;
    private final TypeRef<I> input;
    private final TypeRef<O> output;

    private Workflow(String name, int version, TypeRef<I> input, TypeRef<O> output) {
        this.name = Names.name("workflow name", name);
        this.version = version;
        this.input = Objects.requireNonNull(input, "input");
        this.output = Objects.requireNonNull(output, "output");
    }

    /**
     * Names a workflow, at version 1.
     *
     * @param name 1 to 200 characters; stored with every instance, so it must not change while any is alive
     * @param input the input's class
     * @param output the output's class, {@code Void.class} for none
     * @param <I> the input's type
     * @param <O> the output's type
     * @return the workflow's type
     * @throws IllegalArgumentException if the name is blank, too long, or holds what a database cannot; or if values of a type are still to come,
     *     those of a future or a stream for example
     */
    public static <I extends @Nullable Object, O extends @Nullable Object> Workflow<I, O> named(
            String name, Class<I> input, Class<O> output) {
        return named(name, TypeRef.of(input), TypeRef.of(output));
    }

    /**
     * Names a workflow whose input or output type has type arguments, at version 1.
     *
     * @param name 1 to 200 characters; stored with every instance, so it must not change while any is alive
     * @param input the input's type
     * @param output the output's type
     * @param <I> the input's type
     * @param <O> the output's type
     * @return the workflow's type
     * @throws IllegalArgumentException if the name is blank, too long, or holds what a database cannot; or if values of a type are still to come,
     *     those of a future or a stream for example
     */
    public static <I extends @Nullable Object, O extends @Nullable Object> Workflow<I, O> named(
            String name, TypeRef<I> input, TypeRef<O> output) {
        Objects.requireNonNull(input, "input");
        Objects.requireNonNull(output, "output");
        return new Workflow<>(
                name,
                1,
                Types.recordable("the input of " + name, input),
                Types.recordable("the output of " + name, output));
    }

    /**
     * The same workflow at another version. An instance keeps the version it was started with, and only code registered for that version runs
     * it: register the old and the new code side by side until the last old instance has finished.
     *
     * @param version 1 or more
     * @return this name and these types at that version
     */
    public Workflow<I, O> version(int version) {
        if (version < 1) {
            throw new IllegalArgumentException("Versions start at 1, not " + version + ".");
        }
        return new Workflow<>(name, version, input, output);
    }

    /**
     * The name that is stored with every instance.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    /**
     * The version that is stored with every instance.
     *
     * @return 1 or more
     */
    public int version() {
        return version;
    }

    /**
     * The input's type.
     *
     * @return its token
     */
    public TypeRef<I> input() {
        return input;
    }

    /**
     * The output's type.
     *
     * @return its token
     */
    public TypeRef<O> output() {
        return output;
    }

    @Override
    public String toString() {
        return version == 1 ? name : name + " v" + version;
    }
}
