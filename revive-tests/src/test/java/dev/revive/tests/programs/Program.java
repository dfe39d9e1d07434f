// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.programs;

import dev.revive.workflow.FailurePolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** A random workflow as data: the same seed, the same program. */
sealed interface Program {
    /** One step. */
    record Effect(String name, Flavour flavour) implements Program {}

    /** A sleep too short to matter, but in which a run may leave memory. */
    record Nap() implements Program {}

    /** A signal to itself, which it receives; or a wait for one that nobody sends. */
    record Note(boolean isSent) implements Program {}

    /** An awakeable, which the world is given and completes in its own way and time; or never. */
    record Callback(String name, Timing timing, Waits waits, boolean isFailed) implements Program {}

    /** A transaction in which another workflow is started and signalled; nothing where there is no database. */
    record Booking(String name, Way way) implements Program {}

    /** Looks until the n-th look sees what it waits for; 0: none does, and the limit ends it. */
    record Watch(String name, int looks) implements Program {}

    /** Another workflow, which runs a program of its own. */
    record Offspring(String name, Program program, Fate fate) implements Program {}

    /** Waits for ever. */
    record Standstill() implements Program {}

    /** Some programs one after the other. */
    record Sequence(List<Program> parts) implements Program {}

    /** The same program several times. */
    record Loop(int times, Program body) implements Program {}

    /** One of two, by what the workflow has seen so far. */
    record Choice(Program ifEven, Program ifOdd) implements Program {}

    /** Branches. */
    record Fork(FailurePolicy policy, int atMost, List<Program> branches) implements Program {}

    /**
     * Branches of which one may decide, or so many.
     *
     * @param enough of those whose outcomes are told
     * @param tolerated of those whose outcomes are told, and fail
     */
    record Race(Rule rule, int atMost, int enough, int tolerated, List<Program> branches) implements Program {}

    /** What has only so long. */
    record Limit(int millis, Program block) implements Program {}

    /** Somebody sends it a message about a topic, a moment later. */
    record Post(int topic) implements Program {}

    /**
     * Receives one, for which others may wait, too.
     *
     * @param isPatient whether it waits without a limit; then it is cut off if none is left
     */
    record Receive(int topic, boolean isPatient) implements Program {}

    /** Ends the branch or the workflow by an exception. */
    record Raise() implements Program {}

    /** Who decides a race. */
    enum Rule {
        FIRST_TO_END,
        FIRST_TO_SUCCEED,
        OUTCOMES
    }

    /** When the world completes an awakeable. */
    enum Timing {
        /** In the very step that gives it the id. */
        EARLY,
        /** A moment later. */
        LATE,
        /** In that step, then otherwise, and a moment later once more. */
        TWICE,
        NEVER
    }

    /** Whose transaction it is, and what becomes of it. */
    enum Way {
        /** The workflow's, which is committed. */
        WORKFLOWS,
        /** The same, and it signals the workflow itself, which receives that. */
        TO_ITSELF,
        /** The workflow's, which is rolled back. */
        ROLLED_BACK,
        /** One that Revive runs in a step, and does again when nobody knows whether the step happened. */
        IN_A_STEP
    }

    /** How often it is waited for, and where. */
    enum Waits {
        ONE,
        TWO,
        BRANCHES
    }

    /** What becomes of a child. */
    enum Fate {
        /** Its result is waited for. */
        AWAITED,
        /** In two branches. */
        AWAITED_TWICE,
        /** It stands still until it is cancelled, since its parent has ended. */
        LEFT,
        /** The same, and it is terminated. */
        LEFT_TO_DIE;

        boolean isLeft() {
            return this == LEFT || this == LEFT_TO_DIE;
        }
    }

    /** What kind of step. */
    enum Flavour {
        PLAIN,
        VOID,
        NULL,
        IDEMPOTENT,
        FAILING,
        FAILING_TWICE,
        UUID
    }

    static Program generate(long seed) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        return new Generator(random).sequence(3, 1 + random.nextInt(3));
    }

    /** One with races, in which chance decides; and with messages, for which their branches wait. */
    static Program generateRaces(long seed) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        return new Generator(random).races();
    }

    /** Makes programs of some ten calls. */
    final class Generator {
        private static final int TOPICS = 2;

        private final RandomGenerator random;
        private int budget = 9;

        private Generator(RandomGenerator random) {
            this.random = random;
        }

        private Program races() {
            budget = 12;
            List<Program> parts = new ArrayList<>();
            for (int i = random.nextInt(4); i > 0; i--) {
                parts.add(new Post(random.nextInt(TOPICS)));
            }
            for (int i = 1 + random.nextInt(2); i > 0; i--) {
                parts.add(race(3, false));
            }
            parts.add(amongRaces(1, false));
            return new Sequence(parts);
        }

        /** @param isLimited whether it is cut off some time, however long it waits */
        private Program amongRaces(int depth, boolean isLimited) {
            budget--;
            int kind = random.nextInt(12);
            if (depth == 0 || budget <= 0 || kind < 6) {
                return inRace(isLimited);
            }
            return switch (kind) {
                case 6 -> new Loop(1 + random.nextInt(2), amongRaces(depth - 1, isLimited));
                case 7 ->
                    new Fork(
                            random.nextBoolean() ? FailurePolicy.CANCEL_SIBLINGS : FailurePolicy.FINISH_SIBLINGS,
                            atMost(),
                            branches(depth, 1 + random.nextInt(2), isLimited, isLimited));
                default -> race(depth, isLimited);
            };
        }

        private Program race(int depth, boolean isLimited) {
            if (random.nextInt(4) == 0) {
                return new Limit(random.nextInt(5), branch(depth, true));
            }
            Rule rule = Rule.values()[random.nextInt(3)];
            int width = 2 + random.nextInt(2);
            boolean oneIsEnough = rule == Rule.FIRST_TO_END;
            return new Race(
                    rule,
                    atMost(),
                    1 + random.nextInt(width),
                    random.nextInt(width),
                    branches(depth, width, isLimited, isLimited || oneIsEnough));
        }

        private int atMost() {
            return random.nextInt(4) == 0 ? 1 : 8;
        }

        private List<Program> branches(int depth, int width, boolean isFirstLimited, boolean areOthersLimited) {
            List<Program> branches = new ArrayList<>();
            for (int i = 0; i < width; i++) {
                branches.add(branch(depth, i == 0 ? isFirstLimited : areOthersLimited));
            }
            return branches;
        }

        /** Often with a message as its last call: that is what could be lost. */
        private Program branch(int depth, boolean isLimited) {
            List<Program> parts = new ArrayList<>();
            for (int i = random.nextInt(3); i > 0; i--) {
                parts.add(amongRaces(depth - 1, isLimited));
            }
            switch (random.nextInt(6)) {
                case 0 -> parts.add(new Raise());
                case 1, 2 -> parts.add(new Receive(random.nextInt(TOPICS), isLimited && random.nextBoolean()));
                default -> {}
            }
            return new Sequence(parts);
        }

        private Program inRace(boolean isLimited) {
            return switch (random.nextInt(6)) {
                case 0 -> new Nap();
                case 1 -> new Post(random.nextInt(TOPICS));
                case 2 -> new Receive(random.nextInt(TOPICS), isLimited && random.nextBoolean());
                default -> effect();
            };
        }

        private Program sequence(int depth, int length) {
            List<Program> parts = new ArrayList<>();
            for (int i = 0; i < length; i++) {
                parts.add(part(depth));
            }
            return new Sequence(parts);
        }

        private Program part(int depth) {
            budget--;
            int kind = random.nextInt(10);
            if (depth == 0 || budget <= 0 || kind < 5) {
                return effect();
            }
            return switch (kind) {
                case 5 -> new Loop(1 + random.nextInt(3), sequence(depth - 1, 1));
                case 6 -> new Choice(sequence(depth - 1, 1), sequence(depth - 1, 1));
                default -> fork(depth);
            };
        }

        private Program effect() {
            switch (random.nextInt(9)) {
                case 0 -> {
                    return new Nap();
                }
                case 1 -> {
                    return new Watch("watch " + random.nextInt(4), random.nextInt(4));
                }
                case 2 -> {
                    return new Callback(
                            "callback " + random.nextInt(2),
                            Timing.values()[random.nextInt(4)],
                            Waits.values()[random.nextInt(3)],
                            random.nextInt(3) == 0);
                }
                case 3 -> {
                    return new Booking("booking " + random.nextInt(2), Way.values()[random.nextInt(4)]);
                }
                case 4 -> {
                    return offspring();
                }
                default -> {}
            }
            if (random.nextInt(6) == 0) {
                return new Note(random.nextInt(3) > 0);
            }
            return step();
        }

        private Program step() {
            Flavour[] flavours = Flavour.values();
            return new Effect("step " + random.nextInt(4), flavours[random.nextInt(flavours.length)]);
        }

        /** Of few calls: it has no children, callbacks and branches. */
        private Program offspring() {
            Fate fate = Fate.values()[random.nextInt(4)];
            List<Program> parts = new ArrayList<>();
            for (int i = 1 + random.nextInt(2); i > 0; i--) {
                parts.add(random.nextInt(3) == 0 ? new Nap() : step());
            }
            if (fate.isLeft()) {
                parts.add(new Standstill());
            } else if (random.nextInt(4) == 0) {
                parts.add(new Raise());
            }
            return new Offspring("child " + random.nextInt(2), new Sequence(parts), fate);
        }

        private Program fork(int depth) {
            FailurePolicy policy =
                    random.nextInt(3) == 0 ? FailurePolicy.CANCEL_SIBLINGS : FailurePolicy.FINISH_SIBLINGS;
            List<Program> branches = new ArrayList<>();
            int width = random.nextInt(4);
            for (int i = 0; i < width; i++) {
                Program branch = sequence(depth - 1, random.nextInt(3));
                branches.add(random.nextInt(5) == 0 ? new Sequence(List.of(branch, new Raise())) : branch);
            }
            return new Fork(policy, random.nextInt(4) == 0 ? 1 : 8, branches);
        }
    }
}
