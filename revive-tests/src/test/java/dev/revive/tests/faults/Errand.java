// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * What one workflow does, drawn from its id: the same in every process.
 *
 * @param calls of the workflow's root
 * @param isToFail whether it ends by throwing
 */
record Errand(List<Call> calls, boolean isToFail) {
    /** The kinds of calls there are. */
    enum Kind {
        STEP,
        IDEMPOTENT,
        AT_MOST_ONCE,
        RECONCILED,
        FLAKY,
        TRANSACTION,
        SLEEP,
        PARALLEL;

        /** Whether it acts on the outside world. */
        boolean isEffect() {
            return this != TRANSACTION && this != SLEEP && this != PARALLEL;
        }

        boolean hasValue() {
            return this != SLEEP && this != PARALLEL;
        }
    }

    /**
     * A call.
     *
     * @param scope where it is made
     * @param sequence its place there
     * @param name no other call's of the same errand
     * @param millis how long it takes
     * @param branches of a parallel
     */
    record Call(Kind kind, String scope, int sequence, String name, int millis, List<List<Call>> branches) {}

    static final String PREFIX = "errand-";
    private static final int SHORT_SLEEP = 1_000;
    private static final int LONG_SLEEP = 6_000;
    private static final int LONG_EFFECT = 400;
    private static final int SHORT_EFFECT = 20;

    static Errand of(String workflowId) {
        Random random = new Random(workflowId.hashCode() * 0x9E3779B97F4A7C15L);
        List<Call> calls = new Author(random).calls("", 5 + random.nextInt(5), 1);
        return new Errand(calls, random.nextInt(20) == 0);
    }

    /** All calls, those of branches included. */
    List<Call> all() {
        List<Call> all = new ArrayList<>();
        collect(calls, all);
        return all;
    }

    private static void collect(List<Call> calls, List<Call> all) {
        for (Call call : calls) {
            all.add(call);
            call.branches().forEach(branch -> collect(branch, all));
        }
    }

    private static final class Author {
        private final Random random;
        private int names;

        Author(Random random) {
            this.random = random;
        }

        List<Call> calls(String scope, int count, int depth) {
            List<Call> calls = new ArrayList<>();
            for (int sequence = 1; sequence <= count; sequence++) {
                calls.add(call(scope, sequence, depth));
            }
            return calls;
        }

        private Call call(String scope, int sequence, int depth) {
            Kind kind = kind(depth);
            String name = "c" + ++names;
            List<List<Call>> branches = new ArrayList<>();
            if (kind == Kind.PARALLEL) {
                String place = (scope.isEmpty() ? "" : scope + ".") + sequence;
                int width = 2 + random.nextInt(2);
                for (int branch = 1; branch <= width; branch++) {
                    branches.add(calls(place + "." + branch, 1 + random.nextInt(3), depth + 1));
                }
            }
            return new Call(kind, scope, sequence, name, millis(kind), branches);
        }

        private Kind kind(int depth) {
            int number = random.nextInt(20);
            if (number < 5) {
                return Kind.STEP;
            } else if (number < 7) {
                return Kind.IDEMPOTENT;
            } else if (number < 9) {
                return Kind.AT_MOST_ONCE;
            } else if (number < 11) {
                return Kind.RECONCILED;
            } else if (number < 12) {
                return Kind.FLAKY;
            } else if (number < 15) {
                return Kind.TRANSACTION;
            } else if (number < 18) {
                return Kind.SLEEP;
            }
            return depth <= 2 ? Kind.PARALLEL : Kind.STEP;
        }

        private int millis(Kind kind) {
            if (kind == Kind.SLEEP) {
                return 20 + random.nextInt(random.nextInt(3) == 0 ? LONG_SLEEP : SHORT_SLEEP);
            }
            return random.nextInt(random.nextInt(8) == 0 ? LONG_EFFECT : SHORT_EFFECT);
        }
    }
}
