// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * What a workflow may ask for. Every method here is either durable (its outcome is recorded, and a replay answers with the record) or computed
 * from what is recorded, so it answers the same in every run.
 *
 * <p>A context belongs to the thread it was given to: the workflow's function for the root, the branch for a branch. Using it from another
 * thread, inside a step, while a parallel runs below it, or after its function has returned is an {@link IllegalStateException}.
 *
 * <p>Two things may come out of any durable call besides its own failure: nothing that a workflow should catch. When a run ends early (the
 * engine stops, a branch is cancelled, another executor has taken over) its stack is unwound by an {@link Error} that is thrown again by every
 * later call; {@code finally} blocks run.
 */
public interface WorkflowContext {
    /**
     * Runs a side effect once and records its value; a replay answers with the record.
     *
     * @param name the step's name, 1 to 200 characters; the same name may be used again, the sequence tells them apart
     * @param type the value's class; the value that is returned has always been encoded and decoded
     * @param effect acts on the outside world; must not use this context
     * @param <T> the value's type
     * @return the decoded value, null if the effect returned null
     * @throws StepFailedException if the effect failed, now or in an earlier run
     */
    default <T extends @Nullable Object> T step(String name, Class<T> type, Callable<? extends T> effect) {
        return step(Step.of(name, type, attempt -> effect.call()));
    }

    /**
     * Runs a side effect once and records its value, whose type has type arguments.
     *
     * @param name the step's name, 1 to 200 characters
     * @param type the value's type
     * @param effect acts on the outside world; must not use this context
     * @param <T> the value's type
     * @return the decoded value, null if the effect returned null
     * @throws StepFailedException if the effect failed, now or in an earlier run
     */
    default <T extends @Nullable Object> T step(String name, TypeRef<T> type, Callable<? extends T> effect) {
        return step(Step.of(name, type, attempt -> effect.call()));
    }

    /**
     * Runs a side effect without a value once.
     *
     * @param name the step's name, 1 to 200 characters
     * @param effect acts on the outside world; must not use this context
     * @throws StepFailedException if the effect failed, now or in an earlier run
     */
    default void step(String name, Action effect) {
        step(Step.of(name, effect));
    }

    /**
     * Runs a step with everything that can be said about it: retries, timeouts, what its zombie wants done.
     *
     * @param step the step
     * @param <T> the value's type
     * @return the decoded value, null if the effect returned null
     * @throws StepOutcomeUnknownException if it ran at most once, and whether it ran cannot be known
     * @throws StepFailedException if the step failed, now or in an earlier run
     */
    <T extends @Nullable Object> T step(Step<T> step);

    /**
     * Makes every call of an interface's abstract methods a step named {@code Interface.method}. Object's methods and default methods are not
     * steps; methods that answer asynchronously are refused.
     *
     * @param type an interface
     * @param implementation what really acts
     * @param <S> the interface
     * @return a proxy that belongs to this context, as a step does
     * @throws IllegalArgumentException if the type is not an interface, or the values of a method are still to come, those of a future or a stream
     *     for example
     */
    default <S> S steps(Class<S> type, S implementation) {
        return steps(type, implementation, StepOptions.defaults());
    }

    /**
     * Makes every call of an interface's abstract methods a step with these options.
     *
     * @param type an interface
     * @param implementation what really acts
     * @param options for every one of its steps
     * @param <S> the interface
     * @return a proxy that belongs to this context, as a step does
     * @throws IllegalArgumentException if the type is not an interface, or the values of a method are still to come, those of a future or a stream
     *     for example
     */
    <S> S steps(Class<S> type, S implementation, StepOptions options);

    /**
     * Writes business rows and the checkpoint in one database transaction: exactly once, whatever crashes.
     *
     * @param name the step's name, 1 to 200 characters
     * @param type the value's class
     * @param body runs SQL; may run again if its transaction was rolled back, so it must do nothing else
     * @param <T> the value's type
     * @return the decoded value, null if the body returned null
     * @throws StepFailedException if the body failed, now or in an earlier run; nothing of it was committed
     */
    default <T extends @Nullable Object> T transaction(String name, Class<T> type, TransactionBody<? extends T> body) {
        return transaction(name, TypeRef.of(type), body);
    }

    /**
     * Writes business rows and the checkpoint in one database transaction; the value's type has type arguments.
     *
     * @param name the step's name, 1 to 200 characters
     * @param type the value's type
     * @param body runs SQL; may run again if its transaction was rolled back, so it must do nothing else
     * @param <T> the value's type
     * @return the decoded value, null if the body returned null
     * @throws StepFailedException if the body failed, now or in an earlier run; nothing of it was committed
     */
    <T extends @Nullable Object> T transaction(String name, TypeRef<T> type, TransactionBody<? extends T> body);

    /**
     * Sleeps. When it ends is recorded, so a crash does not make it longer. A workflow that sleeps longer than a second holds no thread and no
     * memory: it is unwound ({@code finally} blocks run), is a row until it is due, and replays up to here.
     *
     * @param duration zero or less is over at once; more than 36,500 days is that many
     */
    default void sleep(Duration duration) {
        sleep("sleep", duration);
    }

    /**
     * Sleeps, under a name that tells people why.
     *
     * @param name 1 to 200 characters
     * @param duration zero or less is over at once; more than 36,500 days is that many
     */
    void sleep(String name, Duration duration);

    /**
     * Sleeps until an instant, by the engine's clock. The instant must be the same in every run: from the input, from a step, or from
     * {@link #now}. Only the first run's counts.
     *
     * @param name 1 to 200 characters
     * @param until one that has passed is over at once; one later than in 36,500 days is then
     */
    void sleepUntil(String name, Instant until);

    /**
     * Waits for a signal, for ever if need be, and receives it: a durable call. One that has come before it was asked for is there. Signals of one
     * name are received in the order in which they became durable, each once. A workflow that waits longer than a second holds no thread and no
     * memory.
     *
     * @param signal its name and type
     * @param <T> the type of what it carries
     * @return what it carries
     */
    <T> T await(Signal<T> signal);

    /**
     * Waits for a signal, at most so long. When the wait ends is recorded, so a crash does not make it longer; that nothing came in time is recorded
     * as well, and so is the same in every replay. What comes later waits to be received.
     *
     * @param signal its name and type
     * @param atMost how long; not at all if zero or less
     * @param <T> the type of what it carries
     * @return what it carries; empty if nothing came in time
     */
    <T> Optional<T> await(Signal<T> signal, Duration atMost);

    /**
     * Makes an id to give away, for somebody outside to complete once: a durable call. No effect begins before the id is durable, and it is the same in
     * every replay.
     *
     * <pre>{@code
     * Awakeable<Payment> paid = ctx.awakeable("Payment", Payment.class);
     * ctx.step("Ask The Bank", () -> bank.charge(order, paid.id()));
     * Payment payment = ctx.await(paid);
     * }</pre>
     *
     * @param name 1 to 200 characters
     * @param type the class of what it is completed with
     * @param <T> the type
     * @return the awakeable, good for this run
     * @throws IllegalArgumentException if the name is blank, too long, or holds what a database cannot; or if values of the type are still to come
     */
    default <T> Awakeable<T> awakeable(String name, Class<T> type) {
        return awakeable(name, TypeRef.of(type));
    }

    /**
     * Makes an id to give away, for somebody outside to complete once; the type of what it is completed with has type arguments.
     *
     * @param name 1 to 200 characters
     * @param type the type of what it is completed with
     * @param <T> the type
     * @return the awakeable, good for this run
     * @throws IllegalArgumentException if the name is blank, too long, or holds what a database cannot; or if values of the type are still to come
     */
    <T> Awakeable<T> awakeable(String name, TypeRef<T> type);

    /**
     * Waits, for ever if need be, until an awakeable is completed: a durable call. It may have been before; and it may be waited for more than once, each
     * time with the same end. A workflow that waits longer than a second holds no thread and no memory.
     *
     * @param awakeable of this run
     * @param <T> the type of what it is completed with
     * @return what it was completed with
     * @throws AwakeableFailedException if it was failed
     * @throws IllegalStateException if another run made it
     */
    <T> T await(Awakeable<T> awakeable);

    /**
     * Waits until an awakeable is completed, at most so long. When the wait ends is recorded, so a crash does not make it longer; that the time was up is
     * recorded as well, and so is the same in every replay. It can still be completed later, and waited for again.
     *
     * @param awakeable of this run
     * @param atMost how long; not at all if zero or less
     * @param <T> the type of what it is completed with
     * @return what it was completed with; empty if it was not in time
     * @throws AwakeableFailedException if it was failed
     * @throws IllegalStateException if another run made it
     */
    <T> Optional<T> await(Awakeable<T> awakeable, Duration atMost);

    /**
     * Starts another workflow as a child of this one, which is cancelled if this one ends first.
     *
     * @param workflow its type
     * @param input its input, the same in every run; may be null if the type allows it
     * @param <I> the type of its input
     * @param <O> the type of its result
     * @return the child, good for this run
     * @throws SerializationException if the input cannot be written as JSON or not be read back, or the result could not be
     */
    default <I extends @Nullable Object, O extends @Nullable Object> Child<O> start(Workflow<I, O> workflow, I input) {
        return start(workflow, input, ChildOptions.defaults());
    }

    /**
     * Starts another workflow as a child of this one: a durable call. Its row and the child are one transaction, so it is started exactly once, whatever
     * crashes. That is not waited for. The child runs wherever there is code for it.
     *
     * <pre>{@code
     * Child<Receipt> bill = ctx.start(BILLING, order, ChildOptions.id("bill-42"));
     * ...
     * Receipt receipt = ctx.await(bill);
     * }</pre>
     *
     * @param workflow its type
     * @param input its input, the same in every run; may be null if the type allows it
     * @param options its id, what becomes of it if this workflow ends first, its limit; a deadline of this workflow is one of the child
     * @param <I> the type of its input
     * @param <O> the type of its result
     * @return the child, good for this run
     * @throws SerializationException if the input cannot be written as JSON or not be read back, or the result could not be
     */
    <I extends @Nullable Object, O extends @Nullable Object> Child<O> start(
            Workflow<I, O> workflow, I input, ChildOptions options);

    /**
     * Waits, for ever if need be, until a child has ended: a durable call. It may have before; and it may be waited for more than once, each time with the
     * same end, unless the child failed and was retried in between. A workflow that waits longer than a second holds no thread and no memory. A child that
     * needs attention, or is paused, has not ended.
     *
     * @param child of this run
     * @param <T> the type of its result
     * @return its result
     * @throws ChildFailedException if it has not completed, but failed, was cancelled or terminated
     * @throws ChildIdTakenException if it was not started, since its id is another workflow's
     * @throws IllegalStateException if another run has started it
     */
    <T extends @Nullable Object> T await(Child<T> child);

    /**
     * Starts another workflow as a child of this one, and waits for its result: two durable calls.
     *
     * @param workflow its type
     * @param input its input, the same in every run; may be null if the type allows it
     * @param <I> the type of its input
     * @param <O> the type of its result
     * @return its result
     * @throws ChildFailedException if it has not completed, but failed, was cancelled or terminated
     * @throws ChildIdTakenException if it was not started, since its id is another workflow's
     */
    default <I extends @Nullable Object, O extends @Nullable Object> O run(Workflow<I, O> workflow, I input) {
        return run(workflow, input, ChildOptions.defaults());
    }

    /**
     * Starts another workflow as a child of this one, with options, and waits for its result: two durable calls. If that wait is cut off, or this workflow cancelled
     * meanwhile, the child is cancelled at once, or terminated, as its options say of the end of its parent; unless they say that it is abandoned. How it ends is
     * not waited for then.
     *
     * @param workflow its type
     * @param input its input, the same in every run; may be null if the type allows it
     * @param options its id, what becomes of it if this workflow ends first, its limit
     * @param <I> the type of its input
     * @param <O> the type of its result
     * @return its result
     * @throws ChildFailedException if it has not completed, but failed, was cancelled or terminated
     * @throws ChildIdTakenException if it was not started, since its id is another workflow's
     */
    <I extends @Nullable Object, O extends @Nullable Object> O run(
            Workflow<I, O> workflow, I input, ChildOptions options);

    /**
     * A workflow that this one has not started, to {@linkplain #await(Child) wait} for its result as for a child's. It is no call, and the workflow is not touched
     * by it: it does not end with this one.
     *
     * <pre>{@code
     * Receipt receipt = ctx.await(ctx.attach(BILLING, "bill-42"));
     * }</pre>
     *
     * The wait looks at the other's row after a second, and then ever more rarely, as it lasts longer: ten times in the time that it has lasted, and once a minute at
     * least. It throws {@link ChildFailedException} with the status UNKNOWN if there is no such workflow, or it is one of another name.
     *
     * @param workflow its type; its input is of no matter
     * @param id its id, the same in every run
     * @param <T> the type of its result
     * @return the other one, good for this run
     * @throws IllegalArgumentException if it is this workflow's own id: it would wait for itself
     */
    <T extends @Nullable Object> Child<T> attach(Workflow<?, T> workflow, String id);

    /**
     * Another workflow, to send it signals, or to have it cancelled.
     *
     * @param id its id
     * @return the other one; that it exists is not checked
     */
    ExternalWorkflow workflow(String id);

    /**
     * Looks at the world, again and again, until what it sees is what is waited for; a replay answers with the record.
     *
     * <pre>{@code
     * Status status = ctx.poll("Shipped?", Status.class,
     *         Poll.every(Duration.ofMinutes(5)).upTo(Duration.ofDays(7)).until(Status::isFinal),
     *         attempt -> shop.status(order));
     * }</pre>
     *
     * <p>The first look is at once. A look is an attempt at an idempotent step: one that a crash cut off is done again, so it must only look. A look that throws, or
     * whose value cannot be recorded or is one that {@code until} throws at, has seen nothing: that is told in the step's row, and the next look comes
     * at the poll's pace, or when the exception asks for it ({@link RetryAfter}). To give up instead, return a value for which {@code until} holds. Nothing
     * interrupts a look that hangs, not even the limit: give your client a timeout.
     *
     * <p>It is one row, however often it looks. Between two looks it waits as {@link #sleep(String, Duration)} does: a pause of more than a second
     * holds no thread and no memory.
     *
     * @param name 1 to 200 characters
     * @param type the class of what is seen
     * @param poll how often it looks, for how long, and until when
     * @param look looks at the outside world; must not use this context
     * @param <T> the type of what is seen
     * @return what the last look saw, decoded
     * @throws PollTimedOutException if the limit was reached, now or in an earlier run
     */
    default <T extends @Nullable Object> T poll(
            String name, Class<T> type, Poll<? super T> poll, StepBody<? extends T> look) {
        return poll(name, TypeRef.of(type), poll, look);
    }

    /**
     * Looks at the world, again and again, until what it sees is what is waited for; its type has type arguments.
     *
     * @param name 1 to 200 characters
     * @param type the type of what is seen
     * @param poll how often it looks, for how long, and until when
     * @param look looks at the outside world; must not use this context
     * @param <T> the type of what is seen
     * @return what the last look saw, decoded
     * @throws PollTimedOutException if the limit was reached, now or in an earlier run
     */
    <T extends @Nullable Object> T poll(String name, TypeRef<T> type, Poll<? super T> poll, StepBody<? extends T> look);

    /**
     * A parallel with options. Nothing happens until one of its methods is called.
     *
     * @param options its name, what a failure does to the siblings, how many branches at a time
     * @return the parallel, good for one call
     */
    Parallel parallel(ParallelOptions options);

    /**
     * Runs two branches at the same time, waits for all, and joins their values.
     *
     * @param first the first branch
     * @param second the second branch
     * @param join makes one value of theirs; pure, like all code between durable calls
     * @param <A> the first value's type
     * @param <B> the second value's type
     * @param <R> the joined type
     * @return the joined value
     * @throws ParallelFailedException if a branch failed; the siblings have finished
     */
    default <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object> R parallel(
            Branch<? extends A> first, Branch<? extends B> second, BiFunction<? super A, ? super B, ? extends R> join) {
        return parallel(ParallelOptions.defaults()).of(first, second, join);
    }

    /**
     * Runs three branches at the same time, waits for all, and joins their values.
     *
     * @param first the first branch
     * @param second the second branch
     * @param third the third branch
     * @param join makes one value of theirs; pure, like all code between durable calls
     * @param <A> the first value's type
     * @param <B> the second value's type
     * @param <C> the third value's type
     * @param <R> the joined type
     * @return the joined value
     * @throws ParallelFailedException if a branch failed; the siblings have finished
     */
    default <
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    R extends @Nullable Object>
            R parallel(
                    Branch<? extends A> first,
                    Branch<? extends B> second,
                    Branch<? extends C> third,
                    Join3<? super A, ? super B, ? super C, ? extends R> join) {
        return parallel(ParallelOptions.defaults()).of(first, second, third, join);
    }

    /**
     * Runs four branches at the same time, waits for all, and joins their values.
     *
     * @param first the first branch
     * @param second the second branch
     * @param third the third branch
     * @param fourth the fourth branch
     * @param join makes one value of theirs; pure, like all code between durable calls
     * @param <A> the first value's type
     * @param <B> the second value's type
     * @param <C> the third value's type
     * @param <D> the fourth value's type
     * @param <R> the joined type
     * @return the joined value
     * @throws ParallelFailedException if a branch failed; the siblings have finished
     */
    default <
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    D extends @Nullable Object,
                    R extends @Nullable Object>
            R parallel(
                    Branch<? extends A> first,
                    Branch<? extends B> second,
                    Branch<? extends C> third,
                    Branch<? extends D> fourth,
                    Join4<? super A, ? super B, ? super C, ? super D, ? extends R> join) {
        return parallel(ParallelOptions.defaults()).of(first, second, third, fourth, join);
    }

    /**
     * Runs five branches at the same time, waits for all, and joins their values.
     *
     * @param first the first branch
     * @param second the second branch
     * @param third the third branch
     * @param fourth the fourth branch
     * @param fifth the fifth branch
     * @param join makes one value of theirs; pure, like all code between durable calls
     * @param <A> the first value's type
     * @param <B> the second value's type
     * @param <C> the third value's type
     * @param <D> the fourth value's type
     * @param <E> the fifth value's type
     * @param <R> the joined type
     * @return the joined value
     * @throws ParallelFailedException if a branch failed; the siblings have finished
     */
    default <
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    D extends @Nullable Object,
                    E extends @Nullable Object,
                    R extends @Nullable Object>
            R parallel(
                    Branch<? extends A> first,
                    Branch<? extends B> second,
                    Branch<? extends C> third,
                    Branch<? extends D> fourth,
                    Branch<? extends E> fifth,
                    Join5<? super A, ? super B, ? super C, ? super D, ? super E, ? extends R> join) {
        return parallel(ParallelOptions.defaults()).of(first, second, third, fourth, fifth, join);
    }
    /**
     * Runs one branch for each item at the same time and waits for all.
     *
     * @param items the items; the list is read once, now
     * @param branch what runs for each
     * @param <I> the items' type
     * @param <T> the type of the values
     * @return the values in the items' order; a value may be null
     * @throws ParallelFailedException if a branch failed; the siblings have finished
     */
    default <I extends @Nullable Object, T extends @Nullable Object> List<T> parallel(
            List<? extends I> items, ItemBranch<? super I, ? extends T> branch) {
        return parallel(ParallelOptions.defaults()).each(items, branch);
    }

    /**
     * Runs one branch for each item, with options.
     *
     * @param items the items; the list is read once, now
     * @param options its name, what a failure does to the siblings, how many branches at a time
     * @param branch what runs for each
     * @param <I> the items' type
     * @param <T> the type of the values
     * @return the values in the items' order; a value may be null
     * @throws ParallelFailedException if a branch failed
     */
    default <I extends @Nullable Object, T extends @Nullable Object> List<T> parallel(
            List<? extends I> items, ParallelOptions options, ItemBranch<? super I, ? extends T> branch) {
        return parallel(options).each(items, branch);
    }

    /**
     * Branches of which the first decides; the others are cut off. Nothing happens until one of its methods is called.
     *
     * <pre>{@code
     * Decision decision = ctx.parallel(First.toEnd()).of(
     *         b -> new Approved(b.await(APPROVAL)),
     *         b -> { b.sleep("Patience", Duration.ofDays(3)); return new Expired(); });
     * }</pre>
     *
     * @param options whether a failure may decide, its name, how many branches at a time
     * @return the race, good for one call
     */
    Race parallel(First options);

    /**
     * Runs a block that has so much time: the race of a branch and a timer. When the time is up, the block is cut off, with a {@link CancelledException} at its
     * first call that is not recorded; what it cleans up then is waited for. So is a step that is under way, unless {@link StepOptions#interruptedOnCancel} says
     * that it is to be interrupted.
     *
     * @param name the name its row is stored under, 1 to 200 characters
     * @param atMost how long
     * @param block what to do, with a context of its own
     * @param <T> the type of its value
     * @return what became of it: cut off, if its time was up. A block that completes or fails all the same has done so
     */
    <T extends @Nullable Object> Outcome<T> within(String name, Duration atMost, Branch<? extends T> block);

    /**
     * Runs a block that has so much time; named "within".
     *
     * @param atMost how long
     * @param block what to do, with a context of its own
     * @param <T> the type of its value
     * @return what became of it: cut off, if its time was up
     */
    default <T extends @Nullable Object> Outcome<T> within(Duration atMost, Branch<? extends T> block) {
        return within("within", atMost, block);
    }

    /**
     * Runs a block whose steps are undone if it fails: if it throws, its workflow or branch is cancelled in it, or its time is up. What was done last is undone
     * first. Compensations are steps, recorded and tried again, and shielded from cancellation; one that fails for good does not stop the others.
     *
     * <pre>{@code
     * Trip trip = ctx.saga(s -> {
     *     Hotel hotel = s.step(Step.of("Book Hotel", Hotel.class, a -> hotels.book(a.idempotencyKey())), undo -> hotels.cancel(undo.idempotencyKey()));
     *     Flight flight = s.step(Step.of("Book Flight", Flight.class, a -> flights.book(a.idempotencyKey())), undo -> flights.cancel(undo.idempotencyKey()));
     *     return new Trip(hotel, flight);
     * });
     * }</pre>
     *
     * @param body what to do; it has this context's scope
     * @param <T> the type of its value
     * @param <X> what it throws
     * @return its value
     * @throws X what the block threw, once all is undone
     * @throws CompensationFailedException if not all could be undone; what the block threw is its cause
     */
    default <T extends @Nullable Object, X extends Exception> T saga(SagaBody<T, X> body) throws X {
        return saga(SagaOptions.inReverse(), body);
    }

    /**
     * Runs a block whose steps are undone if it fails, with options.
     *
     * @param options in which order it undoes
     * @param body what to do; it has this context's scope
     * @param <T> the type of its value
     * @param <X> what it throws
     * @return its value
     * @throws X what the block threw, once all is undone
     * @throws CompensationFailedException if not all could be undone; what the block threw is its cause
     */
    <T extends @Nullable Object, X extends Exception> T saga(SagaOptions options, SagaBody<T, X> body) throws X;

    /**
     * Runs a block without a value whose steps are undone if it fails.
     *
     * @param body what to do; it has this context's scope
     * @param <X> what it throws
     * @throws X what the block threw, once all is undone
     * @throws CompensationFailedException if not all could be undone; what the block threw is its cause
     */
    default <X extends Exception> void runSaga(SagaBlock<X> body) throws X {
        this.<@Nullable Object, X>saga(saga -> {
            body.run(saga);
            return null;
        });
    }

    /**
     * Makes the calls of a block as if nobody had cancelled the workflow or cut off the branch: clean-up. In it, and in the parallels that it opens, calls neither throw
     * {@link CancelledException} nor are they cut short. It is no call itself and records nothing; blocks may be nested.
     *
     * @param block what to do, with this same context
     * @param <X> what it throws
     * @throws X what the block threw
     */
    <X extends Exception> void shielded(ShieldedBlock<X> block) throws X;

    /**
     * The time of this scope's last durable call, the same in every run. Before the first: the time of the parallel that opened the branch, or
     * of the workflow's start. It stands still between durable calls.
     *
     * @return UTC, in microseconds
     */
    Instant now();

    /**
     * A generator seeded by the workflow, the place and the number of earlier requests at this place: the same in every run. Not for secrets.
     *
     * @return a generator for this place
     */
    RandomGenerator random();

    /**
     * A UUID of version 4 that is the same in every run. Not for secrets: who knows the workflow's row can compute it.
     *
     * @return the UUID
     */
    UUID randomUuid();

    /**
     * A logger that is silent while this scope replays. What it logs may still be logged again after a crash, and may tell of a value that
     * the crash then took away: between two steps the function runs ahead of the disk.
     *
     * @return the logger {@code dev.revive.workflow.<name>}
     */
    Logger logger();

    /**
     * What is known about this run.
     *
     * @return ids, version, run number, whether the scope is replaying
     */
    WorkflowInfo info();
}
