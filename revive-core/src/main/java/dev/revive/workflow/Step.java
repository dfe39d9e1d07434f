// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A step and all that can be said about it. Immutable: every method answers a changed copy.
 *
 * <pre>{@code
 * ctx.step(Step.of("Charge", Receipt.class, attempt -> psp.charge(order, attempt.idempotencyKey()))
 *         .retry(RetryPolicy.upTo(5))
 *         .attemptTimeout(Duration.ofSeconds(10))
 *         .reconcile(attempt -> psp.find(attempt.idempotencyKey())
 *                 .map(Reconciliation::happened)
 *                 .orElseGet(Reconciliation::didNotHappen)));
 * }</pre>
 *
 * @param <T> the value's type
 */
public final class Step<T extends @Nullable Object> {
    private static final TypeRef<@Nullable Void> NOTHING = new TypeRef<>() {};

    private final String name;
    private final TypeRef<T> type;
    private final StepBody<? extends T> body;
    private final StepOptions options;
    private final @Nullable Reconciler<T> reconciler;

    private Step(
            String name,
            TypeRef<T> type,
            StepBody<? extends T> body,
            StepOptions options,
            @Nullable Reconciler<T> reconciler) {
        this.name = Names.name("step's name", name);
        this.type = Objects.requireNonNull(type, "type");
        this.body = Objects.requireNonNull(body, "body");
        this.options = Objects.requireNonNull(options, "options");
        this.reconciler = reconciler;
    }

    /**
     * A step with a value.
     *
     * @param name 1 to 200 characters
     * @param type the value's class
     * @param body acts on the outside world
     * @param <T> the value's type
     * @return the step
     * @throws IllegalArgumentException if the name is blank, too long, or holds what a database cannot; or if values of the type are still to come,
     *     those of a future or a stream for example
     */
    public static <T extends @Nullable Object> Step<T> of(String name, Class<T> type, StepBody<? extends T> body) {
        return of(name, TypeRef.of(type), body);
    }

    /**
     * A step whose value's type has type arguments.
     *
     * @param name 1 to 200 characters
     * @param type the value's type
     * @param body acts on the outside world
     * @param <T> the value's type
     * @return the step
     * @throws IllegalArgumentException if the name is blank, too long, or holds what a database cannot; or if values of the type are still to come,
     *     those of a future or a stream for example
     */
    public static <T extends @Nullable Object> Step<T> of(String name, TypeRef<T> type, StepBody<? extends T> body) {
        Objects.requireNonNull(type, "type");
        return new Step<>(name, Types.recordable("step \"" + name + "\"", type), body, StepOptions.defaults(), null);
    }

    /**
     * A step without a value.
     *
     * @param name 1 to 200 characters
     * @param effect acts on the outside world
     * @return the step
     * @throws IllegalArgumentException if the name is blank, too long, or holds what a database cannot
     */
    public static Step<@Nullable Void> of(String name, Action effect) {
        Objects.requireNonNull(effect, "effect");
        return of(name, NOTHING, attempt -> {
            effect.run();
            return null;
        });
    }

    /**
     * The same step with all these options.
     *
     * @param options retries, timeouts, zombies
     * @return a copy
     */
    public Step<T> with(StepOptions options) {
        return new Step<>(name, type, body, options, reconciler);
    }

    /**
     * The same step, tried again as the policy says.
     *
     * @param policy when, how often and after which failures
     * @return a copy
     */
    public Step<T> retry(RetryPolicy policy) {
        return with(options.retry(policy));
    }

    /**
     * The same step with a bound on each attempt. The attempt's thread is interrupted when the time is up.
     *
     * @param timeout more than zero
     * @return a copy
     */
    public Step<T> attemptTimeout(Duration timeout) {
        return with(options.attemptTimeout(timeout));
    }

    /**
     * The same step with a bound on all attempts together, counted from the first attempt's start, crashes and waits included.
     *
     * @param timeout more than zero
     * @return a copy
     */
    public Step<T> totalTimeout(Duration timeout) {
        return with(options.totalTimeout(timeout));
    }

    /**
     * The same step, declared harmless to repeat: its first attempt is not recorded before it begins, so a crash inside it leaves no trace.
     *
     * @return a copy
     */
    public Step<T> idempotent() {
        return with(options.idempotent());
    }

    /**
     * The same step, never begun again once it may have happened.
     *
     * @return a copy
     */
    public Step<T> atMostOnce() {
        return with(options.atMostOnce());
    }

    /**
     * The same step with this choice for its zombies.
     *
     * @param choice what to do
     * @return a copy
     */
    public Step<T> onZombie(OnZombie choice) {
        return with(options.onZombie(choice));
    }

    /**
     * The same step, whose zombies are settled by asking the outside world first. Where the answer is unknown, the step fails with
     * {@link StepOutcomeUnknownException}, or asks a person if {@link OnZombie#ASK} was chosen.
     *
     * @param reconciler asks
     * @return a copy
     */
    public Step<T> reconcile(Reconciler<T> reconciler) {
        return new Step<>(name, type, body, options, Objects.requireNonNull(reconciler, "reconciler"));
    }

    /**
     * The step's name.
     *
     * @return 1 to 200 characters
     */
    public String name() {
        return name;
    }

    /**
     * The value's type.
     *
     * @return its token
     */
    public TypeRef<T> type() {
        return type;
    }

    /**
     * What acts on the outside world.
     *
     * @return the body
     */
    public StepBody<? extends T> body() {
        return body;
    }

    /**
     * Retries, timeouts and zombies.
     *
     * @return the options
     */
    public StepOptions options() {
        return options;
    }

    /**
     * Who asks the outside world about a zombie.
     *
     * @return the reconciler, or null if there is none
     */
    public @Nullable Reconciler<T> reconciler() {
        return reconciler;
    }
}
