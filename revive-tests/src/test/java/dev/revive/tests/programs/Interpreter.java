// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.programs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.revive.store.ChildCall;
import dev.revive.store.StepRecord;
import dev.revive.store.WorkflowFilter;
import dev.revive.store.WorkflowRecord;
import dev.revive.store.WorkflowStore;
import dev.revive.tests.programs.Program.Booking;
import dev.revive.tests.programs.Program.Callback;
import dev.revive.tests.programs.Program.Choice;
import dev.revive.tests.programs.Program.Effect;
import dev.revive.tests.programs.Program.Fate;
import dev.revive.tests.programs.Program.Flavour;
import dev.revive.tests.programs.Program.Fork;
import dev.revive.tests.programs.Program.Limit;
import dev.revive.tests.programs.Program.Loop;
import dev.revive.tests.programs.Program.Nap;
import dev.revive.tests.programs.Program.Note;
import dev.revive.tests.programs.Program.Offspring;
import dev.revive.tests.programs.Program.Post;
import dev.revive.tests.programs.Program.Race;
import dev.revive.tests.programs.Program.Raise;
import dev.revive.tests.programs.Program.Receive;
import dev.revive.tests.programs.Program.Sequence;
import dev.revive.tests.programs.Program.Standstill;
import dev.revive.tests.programs.Program.Timing;
import dev.revive.tests.programs.Program.Watch;
import dev.revive.tests.programs.Program.Way;
import dev.revive.workflow.Awakeable;
import dev.revive.workflow.AwakeableFailedException;
import dev.revive.workflow.CallKind;
import dev.revive.workflow.CancelledException;
import dev.revive.workflow.Child;
import dev.revive.workflow.ChildFailedException;
import dev.revive.workflow.ChildOptions;
import dev.revive.workflow.FailurePolicy;
import dev.revive.workflow.First;
import dev.revive.workflow.ItemBranch;
import dev.revive.workflow.Outcome;
import dev.revive.workflow.ParallelFailedException;
import dev.revive.workflow.ParallelOptions;
import dev.revive.workflow.ParentClosePolicy;
import dev.revive.workflow.Poll;
import dev.revive.workflow.PollTimedOutException;
import dev.revive.workflow.RetryPolicy;
import dev.revive.workflow.Signal;
import dev.revive.workflow.Step;
import dev.revive.workflow.StepFailedException;
import dev.revive.workflow.StepInfo;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.Workflow;
import dev.revive.workflow.WorkflowContext;
import dev.revive.workflow.WorkflowStatus;
import java.sql.Connection;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Runs a program as a workflow, and beside it counts what really happened. It numbers its calls itself, by the rules of the documentation, so
 * that the engine's numbering has something to be held against.
 */
final class Interpreter {
    private static final RetryPolicy QUICK =
            RetryPolicy.upTo(8).fixedDelay(Duration.ZERO).giveUpOn(IllegalArgumentException.class);

    /** How the names of clean-up begin. */
    static final String CLEAN_UP = "clean up ";

    /** What the children of programs are; their input says whose. */
    static final Workflow<String, String> CHILD = Workflow.named("child program", String.class, String.class);

    private static final Signal<String> NEVER = Signal.named("never", String.class);
    private static final char MARK = '|';
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration MOMENT = Duration.ofMillis(2);
    private static final String DOWN = "the world is down";

    private final Program program;
    private final World world;
    private final String outage;
    private final boolean isFelt;
    private final CleanUp cleanUp;
    private final ConcurrentMap<String, String> ids = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, Integer> effects = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, Integer> failures = new ConcurrentHashMap<>();

    /** Whom transactions have asked for, by the key of their call, whatever became of them. */
    private final ConcurrentMap<String, String> guests = new ConcurrentHashMap<>();

    /** The keys of calls whose transactions Revive has run, and committed. */
    private final Set<String> committed = ConcurrentHashMap.newKeySet();

    /** By the key of the call that starts them. */
    private final ConcurrentMap<String, Interpreter> children = new ConcurrentHashMap<>();

    /** What each place had seen when something that follows from it happened: in every run it sees that again. */
    private final ConcurrentMap<String, String> settled = new ConcurrentHashMap<>();

    private final Queue<String> contradictions = new ConcurrentLinkedQueue<>();

    /** The scopes that programs ran in, of which each cleans up when it is cut off. */
    private final Set<String> scopes = ConcurrentHashMap.newKeySet();

    private final AtomicLong runs = new AtomicLong();
    private volatile String came = "";
    private volatile boolean isMended;

    Interpreter(Program program, World world) {
        this(program, world, "", false, CleanUp.NEVER);
    }

    /** One that cleans up in every scope, whatever becomes of it. */
    static Interpreter cleaningUp(Program program, World world) {
        return new Interpreter(program, world, "", false, CleanUp.ALWAYS);
    }

    /** One whose branches clean up when they are cut off, each in its way: some leave then, some end all the same, and some fail. */
    static Interpreter losing(Program program, World world) {
        return new Interpreter(program, world, "", false, CleanUp.CUT_OFF);
    }

    /**
     * In a world that is down for one effect until it is fixed: the workflow fails of it.
     *
     * @param outage the effect's key
     * @param isFelt whether it does so at once; else at the end, as if all that followed the effect could do without it
     */
    Interpreter(Program program, World world, String outage, boolean isFelt) {
        this(program, world, outage, isFelt, CleanUp.NEVER);
    }

    private Interpreter(Program program, World world, String outage, boolean isFelt, CleanUp cleanUp) {
        this.program = program;
        this.world = world;
        this.outage = outage;
        this.isFelt = isFelt;
        this.cleanUp = cleanUp;
    }

    /** When its scopes clean up. */
    private enum CleanUp {
        NEVER,
        ALWAYS,
        CUT_OFF
    }

    void fix() {
        isMended = true;
    }

    boolean isMended() {
        return isMended;
    }

    /** Whether it fails of nothing but crashes. */
    boolean isSound() {
        return outage.isEmpty();
    }

    /** How often each effect began, by the step's key as this class computes it. */
    Map<String, Integer> effects() {
        return effects;
    }

    /**
     * Requires that what was asked for in transactions is there once if they were committed, and else not at all.
     *
     * @param steps what is recorded: the row of a workflow's transaction is there if it was committed
     */
    void requireGuests(List<StepInfo> steps, String what) {
        Set<String> expected = new HashSet<>(committed);
        steps.stream()
                .filter(step -> step.kind() == CallKind.TRANSACTION && step.status() == StepStatus.COMPLETED)
                .forEach(step -> expected.add(step.stepKey()));
        assertThat(guests.keySet()).as(what).containsAll(expected);
        guests.forEach((key, guest) -> {
            if (expected.contains(key)) {
                world.requireGuest(guest, what);
            } else {
                world.requireNoGuest(guest, what);
            }
        });
    }

    /** Runs the child of one of these. */
    static String runChild(Map<String, Interpreter> parents, WorkflowContext context, String input) throws Raised {
        int mark = input.indexOf(MARK);
        return parents.get(input.substring(0, mark))
                .child(input.substring(mark + 1))
                .run(context);
    }

    private Interpreter child(String key) {
        return children.get(key);
    }

    /**
     * Requires of the children of one that has ended that there is one for each call that started one, that none is left at work, and that none did more than it
     * recorded.
     */
    void requireChildren(WorkflowStore store, String id, String what) {
        Set<String> started = new HashSet<>();
        store.steps(id).forEach(step -> ChildCall.of(step).ifPresent(child -> started.add(child.childId())));
        List<WorkflowRecord> rows = store.list(new WorkflowFilter(Set.of(), null, id + "/", "", 1_000));
        assertThat(rows).as(what).extracting(WorkflowRecord::id).containsExactlyInAnyOrderElementsOf(started);
        for (WorkflowRecord row : rows) {
            String whose = what + ": child " + row.id();
            await(whose)
                    .atMost(PATIENCE)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(2))
                    .until(() -> store.find(row.id()).orElseThrow().status().isFinal());
            String input = row.input().substring(1, row.input().length() - 1);
            assertThat(input).as(whose).startsWith(id + MARK);
            child(input.substring(id.length() + 1))
                    .requireNoMoreThanRecorded(
                            store.find(row.id()).orElseThrow().status(), store.steps(row.id()), whose);
        }
    }

    private void requireNoMoreThanRecorded(WorkflowStatus end, List<StepRecord> steps, String what) {
        Set<String> unknown = new HashSet<>(effects.keySet());
        for (StepRecord step : steps) {
            int times = effects.getOrDefault(step.key().toString(), 0);
            unknown.remove(step.key().toString());
            if (step.kind() != CallKind.STEP) {
                continue;
            }
            String whose = what + ": effects of " + step;
            if (!program.toString().contains("[name=" + step.key().name() + ", flavour=" + Flavour.IDEMPOTENT + "]")) {
                assertThat(times).as(whose).isLessThanOrEqualTo(step.attempt());
            }
            if (step.status() == StepStatus.COMPLETED) {
                assertThat(times).as(whose).isPositive();
            }
        }
        if (end == WorkflowStatus.COMPLETED || end == WorkflowStatus.FAILED) {
            assertThat(unknown).as(what + ": effects without a step").isEmpty();
        }
    }

    private void comeTo(String end) {
        came = end;
        requireSettled("the end", end);
    }

    /** All that it came to is durable: no other run may come to anything else. */
    void settleResult() {
        settle("the end", came);
    }

    /** What a run saw though another, after something had followed from that, saw otherwise. */
    Queue<String> contradictions() {
        return contradictions;
    }

    /** Where it ran a program, that is, cleans up if it is cut off. */
    Set<String> scopes() {
        return scopes;
    }

    private void settle(String place, String seen) {
        settled.putIfAbsent(place, seen);
        requireSettled(place, seen);
    }

    private void requireSettled(String place, String seen) {
        String before = settled.getOrDefault(place, seen);
        if (!before.equals(seen)) {
            contradictions.add("%s: first %s, then %s".formatted(place, before, seen));
        }
    }

    /** How many runs it took. */
    long runs() {
        return runs.get();
    }

    String run(WorkflowContext context) throws Raised {
        runs.accumulateAndGet(context.info().run(), Math::max);
        Queue<StepFailedException> down = new ConcurrentLinkedQueue<>();
        try {
            comeTo(new Place(null, context, "", down).runScope(program));
        } catch (Raised e) {
            comeTo("raised");
            throw e;
        }
        if (!down.isEmpty()) {
            throw new Outage(down.peek());
        }
        return came;
    }

    /** The end of a workflow in a world that is down. */
    private static final class Outage extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Outage(Exception cause) {
            super(cause);
        }
    }

    /** Thrown by the program itself. */
    static final class Raised extends Exception {
        private static final long serialVersionUID = 1L;
    }

    private final class Place {
        private final WorkflowContext context;
        private final String scope;
        private final Queue<StepFailedException> down;
        private int calls;
        private final @Nullable Place around;
        private int sights;
        private String seen = "";

        Place(@Nullable Place around, WorkflowContext context, String scope, Queue<StepFailedException> down) {
            this.around = around;
            this.context = context;
            this.scope = scope;
            this.down = down;
        }

        String runScope(Program whole) throws Raised {
            scopes.add(scope);
            if (cleanUp == CleanUp.CUT_OFF) {
                try {
                    return run(whole);
                } catch (CancelledException e) {
                    return lose(e);
                }
            }
            if (cleanUp == CleanUp.NEVER) {
                return run(whole);
            }
            try {
                return run(whole);
            } finally {
                context.shielded(this::cleanUp);
            }
        }

        private String lose(CancelledException cutOff) throws Raised {
            see("cut off");
            context.shielded(c -> {
                cleanUp(c, "first", scope);
                see(c.parallel(First.toEnd().named(CLEAN_UP + "race"))
                        .each(List.of("left", "right"), (branch, name) -> {
                            cleanUp(branch, name, scope);
                            return name;
                        }));
                cleanUp(c, "last", scope);
            });
            return switch (Math.floorMod(scope.hashCode(), 4)) {
                case 0 -> seen + " all the same";
                case 1 -> throw new Raised();
                default -> throw cutOff;
            };
        }

        /** Something happens that follows from all that was seen here, and around it. */
        private void settle() {
            for (Place place = this; place != null; place = place.around) {
                Interpreter.this.settle(place.scope + "@" + place.sights, place.seen);
            }
        }

        /** By names without numbers: where a cancellation has cut the program off, nobody counts. */
        private void cleanUp(WorkflowContext shielded) {
            cleanUp(shielded, "first", scope);
            shielded.sleep(CLEAN_UP + "nap", Duration.ofMillis(1));
            shielded.parallel(
                    List.of("left", "right"), ParallelOptions.defaults().named(CLEAN_UP + "fork"), (branch, name) -> {
                        cleanUp(branch, name, scope);
                        return name;
                    });
            cleanUp(shielded, "last", scope);
        }

        private void cleanUp(WorkflowContext where, String name, String of) {
            where.step(CLEAN_UP + name, () -> {
                settle();
                effects.merge(of + " " + CLEAN_UP + name, 1, Integer::sum);
            });
        }

        private String run(Program part) throws Raised {
            if (part instanceof Effect effect) {
                see(effect(effect));
            } else if (part instanceof Nap) {
                calls++;
                context.sleep("nap", Duration.ofMillis(1));
                see("slept");
            } else if (part instanceof Note note) {
                see(note(note.isSent()));
            } else if (part instanceof Callback callback) {
                see(callback(callback));
            } else if (part instanceof Booking booking) {
                see(world.hasDatabase() ? booking(booking) : "no database");
            } else if (part instanceof Watch watch) {
                see(watch(watch));
            } else if (part instanceof Offspring offspring) {
                see(offspring(offspring));
            } else if (part instanceof Standstill) {
                calls++;
                context.await(NEVER);
            } else if (part instanceof Sequence sequence) {
                for (Program each : sequence.parts()) {
                    run(each);
                }
            } else if (part instanceof Loop loop) {
                for (int i = 0; i < loop.times(); i++) {
                    run(loop.body());
                }
            } else if (part instanceof Choice choice) {
                run(seen.hashCode() % 2 == 0 ? choice.ifEven() : choice.ifOdd());
            } else if (part instanceof Fork fork) {
                see(fork(fork));
            } else if (part instanceof Race race) {
                see(race(race));
            } else if (part instanceof Limit limit) {
                see(limit(limit));
            } else if (part instanceof Post post) {
                see(post(post.topic()));
            } else if (part instanceof Receive receive) {
                calls++;
                Signal<String> topic = World.topic(receive.topic());
                see(
                        receive.isPatient()
                                ? context.await(topic)
                                : context.await(topic, MOMENT).orElse("nothing"));
            } else if (part instanceof Raise) {
                throw new Raised();
            }
            return seen;
        }

        private void see(String what) {
            seen = seen + "," + what;
            sights++;
            requireSettled(scope + "@" + sights, seen);
        }

        /** Under a name that no other place has: which of two that wait for the same receives it would be left to chance. */
        private String note(boolean isSent) {
            Signal<String> signal = Signal.named("note " + scope + "#" + (calls + 1), String.class);
            if (!isSent) {
                calls++;
                return context.await(signal, Duration.ofMillis(1)).orElse("nothing");
            }
            calls += 2;
            context.workflow(context.info().workflowId()).signal(signal, "noted");
            return context.await(signal);
        }

        private String callback(Callback callback) {
            String place = key(callback.name());
            Awakeable<String> paid = context.awakeable(callback.name(), String.class);
            return given(callback, place, paid) + " " + waits(callback, paid);
        }

        private String given(Callback callback, String place, Awakeable<String> paid) {
            String key = key("give");
            try {
                return context.step("give", String.class, () -> {
                    effects.merge(key, 1, Integer::sum);
                    String given = give(callback, place, paid.id());
                    requireUp(key);
                    return given;
                });
            } catch (StepFailedException e) {
                goDown(e);
                return "not given";
            }
        }

        /** Who has it keeps it: whatever crashes, and whatever life its workflow is in, there is no other. */
        private String give(Callback callback, String place, String id) {
            String before = ids.putIfAbsent(place, id);
            if (before != null && !before.equals(id)) {
                return "OTHER ID";
            }
            World.Completion completion = new World.Completion(id, "paid " + place, callback.isFailed());
            if (callback.timing() == Timing.EARLY || callback.timing() == Timing.TWICE) {
                world.complete(completion);
            }
            if (callback.timing() == Timing.TWICE && !world.isRefused(completion.otherwise())) {
                return "NOT REFUSED";
            }
            if (callback.timing() == Timing.LATE || callback.timing() == Timing.TWICE) {
                world.completeLater(completion, !isSound());
            }
            return "given";
        }

        private String offspring(Offspring offspring) {
            String key = key(offspring.name());
            children.computeIfAbsent(key, fresh -> new Interpreter(offspring.program(), world));
            Child<String> child =
                    context.start(CHILD, context.info().workflowId() + MARK + key, options(offspring.fate()));
            String meanwhile = effect(new Effect("meanwhile", Flavour.PLAIN)) + " ";
            if (offspring.fate().isLeft()) {
                return meanwhile + "left";
            }
            calls++;
            return meanwhile
                    + (offspring.fate() == Fate.AWAITED
                            ? end(context, child)
                            : context.parallel(b -> end(b, child), b -> end(b, child), String::concat));
        }

        /** One that is waited for outlives a failure of its parent, which waits for it in its next life. */
        private ChildOptions options(Fate fate) {
            ParentClosePolicy ifAwaited = isSound() ? ParentClosePolicy.CANCEL : ParentClosePolicy.ABANDON;
            ParentClosePolicy policy = switch (fate) {
                case LEFT -> ParentClosePolicy.CANCEL;
                case LEFT_TO_DIE -> ParentClosePolicy.TERMINATE;
                case AWAITED, AWAITED_TWICE -> ifAwaited;
            };
            return ChildOptions.defaults().whenParentEnds(policy);
        }

        private static String end(WorkflowContext place, Child<String> child) {
            try {
                return place.await(child);
            } catch (ChildFailedException e) {
                return "child " + e.status();
            }
        }

        private String booking(Booking booking) {
            String key = key(booking.name());
            String itself = context.info().workflowId();
            guests.put(key, itself + " " + key);
            try {
                String booked = booking.way() == Way.IN_A_STEP
                        ? context.step(booking.name(), String.class, () -> run(key))
                        : context.transaction(
                                booking.name(), String.class, connection -> ask(booking, key, connection));
                if (booking.way() != Way.TO_ITSELF) {
                    return booked;
                }
                calls++;
                return booked + " " + context.await(World.heard(key));
            } catch (StepFailedException e) {
                if (e.failure().message().equals(DOWN)) {
                    goDown(e);
                }
                return "failed " + e.failure().message();
            }
        }

        private String run(String key) {
            effects.merge(key, 1, Integer::sum);
            world.book(guests.get(key));
            committed.add(key);
            requireUp(key);
            return "booked " + key;
        }

        private String ask(Booking booking, String key, Connection connection) {
            world.ask(connection, guests.get(key));
            if (booking.way() == Way.TO_ITSELF) {
                world.signal(connection, context.info().workflowId(), World.heard(key));
            }
            if (booking.way() == Way.ROLLED_BACK) {
                throw new IllegalArgumentException("rolled back");
            }
            return "booked " + key;
        }

        private String waits(Callback callback, Awakeable<String> paid) {
            calls++;
            if (callback.timing() == Timing.NEVER) {
                return context.await(paid, Duration.ofMillis(1)).orElse("nothing");
            }
            switch (callback.waits()) {
                case ONE -> {
                    return end(context, paid);
                }
                case TWO -> {
                    calls++;
                    return end(context, paid) + end(context, paid);
                }
                default -> {
                    return context.parallel(b -> end(b, paid), b -> end(b, paid), String::concat);
                }
            }
        }

        private static String end(WorkflowContext place, Awakeable<String> paid) {
            try {
                return place.await(paid);
            } catch (AwakeableFailedException e) {
                return "failed: " + e.reason();
            }
        }

        private String effect(Effect effect) {
            String key = key(effect.name());
            UUID expected = context.randomUuid();
            Step<String> step = Step.of(effect.name(), String.class, attempt -> happen(effect, key, expected))
                    .retry(QUICK);
            try {
                switch (effect.flavour()) {
                    case VOID -> {
                        context.step(effect.name(), () -> {
                            happen(effect, key, expected);
                        });
                        return "void";
                    }
                    case IDEMPOTENT -> {
                        return context.step(step.idempotent());
                    }
                    case UUID -> {
                        return expected.toString().equals(context.step(step)) ? "same" : "OTHER UUID";
                    }
                    default -> {
                        return String.valueOf(context.step(step));
                    }
                }
            } catch (StepFailedException e) {
                if (e.failure().message().equals(DOWN)) {
                    goDown(e);
                }
                return "failed " + e.failure().message();
            }
        }

        private String watch(Watch watch) {
            String key = key(watch.name());
            Poll.Pace pace = Poll.every(Duration.ofMillis(1));
            boolean isInVain = watch.looks() == 0;
            Predicate<Integer> until = look -> !isInVain && look >= watch.looks();
            try {
                return "looked "
                        + context.poll(
                                watch.name(),
                                Integer.class,
                                (isInVain ? pace.upTo(Duration.ofMillis(2)) : pace).until(until),
                                attempt -> {
                                    settle();
                                    effects.merge(key, 1, Integer::sum);
                                    return isInVain ? 0 : attempt.attempt();
                                });
            } catch (PollTimedOutException e) {
                return "gave up at " + e.lastSeen(Integer.class).orElseThrow();
            }
        }

        private String key(String name) {
            return (scope.isEmpty() ? "" : scope + "/") + name + "#" + ++calls;
        }

        private void goDown(StepFailedException e) {
            if (isFelt) {
                throw new Outage(e);
            }
            down.add(e);
        }

        private String happen(Effect effect, String key, UUID uuid) {
            settle();
            effects.merge(key, 1, Integer::sum);
            requireUp(key);
            return switch (effect.flavour()) {
                case FAILING -> throw new IllegalArgumentException("always");
                case FAILING_TWICE -> {
                    if (failures.merge(key, 1, Integer::sum) <= 2) {
                        throw new IllegalStateException("twice");
                    }
                    yield "third " + key;
                }
                case NULL -> null;
                case UUID -> uuid.toString();
                default -> "did " + key;
            };
        }

        private void requireUp(String key) {
            if (key.equals(outage) && !isMended) {
                throw new IllegalArgumentException(DOWN);
            }
        }

        private String fork(Fork fork) {
            int number = ++calls;
            String below = (scope.isEmpty() ? "" : scope + ".") + number + ".";
            ParallelOptions options = ParallelOptions.defaults().atMost(fork.atMost());
            boolean cancels = fork.policy() == FailurePolicy.CANCEL_SIBLINGS;
            List<Integer> indexes =
                    IntStream.range(0, fork.branches().size()).boxed().toList();
            try {
                return context.parallel(
                                indexes,
                                cancels ? options.cancelSiblings() : options,
                                (branch, i) -> new Place(this, branch, below + (i + 1), down)
                                        .runScope(fork.branches().get(i)))
                        .toString();
            } catch (ParallelFailedException e) {
                if (e.failures().values().stream().anyMatch(Outage.class::isInstance)) {
                    throw new Outage(e);
                }
                return cancels
                        ? "cancelled"
                        : "failed " + new TreeSet<>(e.failures().keySet());
            }
        }

        private String race(Race race) {
            String below = below();
            List<Integer> indexes =
                    IntStream.range(0, race.branches().size()).boxed().toList();
            ItemBranch<Integer, String> branch = (b, i) -> new Place(this, b, below + (i + 1), down)
                    .runScope(race.branches().get(i));
            try {
                return switch (race.rule()) {
                    case FIRST_TO_END ->
                        context.parallel(First.toEnd().atMost(race.atMost())).each(indexes, branch);
                    case FIRST_TO_SUCCEED ->
                        context.parallel(First.toSucceed().atMost(race.atMost()))
                                .each(indexes, branch);
                    case OUTCOMES ->
                        context
                                .parallel(ParallelOptions.defaults()
                                        .atMost(race.atMost())
                                        .enough(race.enough())
                                        .tolerate(race.tolerated()))
                                .outcomes(indexes, branch)
                                .stream()
                                .map(Place::text)
                                .toList()
                                .toString();
                };
            } catch (ParallelFailedException e) {
                return "failed of %d of %s, cut off %s"
                        .formatted(e.first(), new TreeSet<>(e.failures().keySet()), new TreeSet<>(e.cancelled()));
            }
        }

        private String limit(Limit limit) {
            String below = below();
            return text(context.within(
                    Duration.ofMillis(limit.millis()),
                    b -> new Place(this, b, below + 1, down).runScope(limit.block())));
        }

        private String below() {
            int number = ++calls;
            return (scope.isEmpty() ? "" : scope + ".") + number + ".";
        }

        private static String text(Outcome<String> outcome) {
            return outcome.isCompleted() ? outcome.orElseThrow() : outcome.isCutOff() ? "cut off" : "failed";
        }

        private String post(int topic) {
            String key = key("post");
            String itself = context.info().workflowId();
            context.step("post", () -> {
                settle();
                effects.merge(key, 1, Integer::sum);
                world.post(itself, topic, key);
            });
            return "posted";
        }
    }

    /** The scopes in which it is left to chance how far a branch gets. */
    static boolean hasRaces(Program part) {
        if (part instanceof Sequence sequence) {
            return sequence.parts().stream().anyMatch(Interpreter::hasRaces);
        }
        if (part instanceof Loop loop) {
            return hasRaces(loop.body());
        }
        if (part instanceof Choice choice) {
            return hasRaces(choice.ifEven()) || hasRaces(choice.ifOdd());
        }
        return part instanceof Fork fork
                && (fork.policy() == FailurePolicy.CANCEL_SIBLINGS
                        || fork.branches().stream().anyMatch(Interpreter::hasRaces));
    }
}
