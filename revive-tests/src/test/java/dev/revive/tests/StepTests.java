// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.revive.crash.CrashPoint;
import dev.revive.tests.support.Effects;
import dev.revive.tests.support.InSettings;
import dev.revive.tests.support.Setting;
import dev.revive.tests.support.TestBed;
import dev.revive.tests.support.Trial;
import dev.revive.workflow.Attention;
import dev.revive.workflow.Failure;
import dev.revive.workflow.SerializationException;
import dev.revive.workflow.StepFailedException;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.TypeRef;
import dev.revive.workflow.WorkflowStatus;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What a step records, and what the workflow sees of it in every run. */
@InSettings
class StepTests extends TestBed {
    private final Effects effects = new Effects();

    record Order(String item, int amount) {}

    @Nested
    class ARecordedStep {
        @Test
        void happensOnceHoweverOftenItIsReplayed() {
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.step("Charge", String.class, () -> {
                        effects.happen("charge");
                        return "receipt";
                    }));

            trial.crashAtTheEnd().crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("receipt");
            assertThat(effects.times("charge")).isEqualTo(1);
        }

        @Test
        void isCompletedInTheFirstAttempt() {
            Trial<String> trial = trial(String.class, (ctx, in) -> ctx.step("Charge", String.class, () -> "receipt"));

            trial.result();

            assertThat(trial.step("Charge").status()).isEqualTo(StepStatus.COMPLETED);
            assertThat(trial.step("Charge").attempt()).isEqualTo(1);
            assertThat(trial.step("Charge").zombies()).isZero();
            assertThat(trial.step("Charge").resolution()).isNull();
            assertThat(trial.step("Charge").output()).isEqualTo("\"receipt\"");
        }

        @Test
        void isNotRepeatedWhenTheCrashComesAfterItsOutcome() {
            Trial<Integer> trial = trial(
                    Integer.class, (ctx, in) -> ctx.step("Charge", Integer.class, () -> effects.happen("charge")));

            trial.crash(CrashPoint.AFTER_OUTCOME, "Charge");

            assertThat(trial.result()).isEqualTo(1);
            assertThat(effects.times("charge")).isEqualTo(1);
        }

        @Test
        void ofAnActionWithoutAValueHappensOnce() {
            Trial<Void> trial = trial(Void.class, (ctx, in) -> {
                ctx.step("Notify", () -> effects.happen("notify"));
                return null;
            });

            trial.crashAtTheEnd();

            assertThat(trial.result()).isNull();
            assertThat(effects.times("notify")).isEqualTo(1);
        }

        @Test
        void keepsItsPlaceAmongOthersOfTheSameName() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                StringBuilder seen = new StringBuilder();
                for (int i = 0; i < 5; i++) {
                    seen.append(ctx.step("Same", Integer.class, () -> effects.happen("same")));
                }
                return seen.toString();
            });

            trial.crash(CrashPoint.AFTER_OUTCOME, "Same").crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("12345");
            assertThat(effects.times("same")).isEqualTo(5);
            assertThat(trial.stepKeys()).containsExactly("Same#1", "Same#2", "Same#3", "Same#4", "Same#5");
        }

        @Test
        void knowsItsAttempt() {
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.step(dev.revive.workflow.Step.of(
                            "Charge",
                            String.class,
                            attempt -> "%s %s %d %s %s"
                                    .formatted(
                                            attempt.workflowId(),
                                            attempt.stepName(),
                                            attempt.attempt(),
                                            attempt.recovered(),
                                            attempt.overlapping()))));

            assertThat(trial.result()).isEqualTo(trial.id() + " Charge 1 false false");
        }
    }

    @Nested
    class AValue {
        private final List<Object> seen = new ArrayList<>();

        @Test
        void mayBeNull() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                String value = ctx.step("Nothing", String.class, () -> {
                    effects.happen("nothing");
                    return null;
                });
                return value == null ? "null" : value;
            });

            trial.crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("null");
            assertThat(effects.times("nothing")).isEqualTo(1);
            assertThat(trial.step("Nothing").status()).isEqualTo(StepStatus.COMPLETED);
        }

        @Test
        void mayBeTheWorkflowsResultAlthoughNull() {
            Trial<String> trial = trial(String.class, (ctx, in) -> null);

            assertThat(trial.result()).isNull();
            assertThat(trial.handle().status()).isEqualTo(WorkflowStatus.COMPLETED);
        }

        @Test
        void keepsItsTypeArguments() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                Map<String, List<Order>> orders = ctx.step(
                        "Load",
                        new TypeRef<Map<String, List<Order>>>() {},
                        () -> Map.of("ada", List.of(new Order("tea", 2))));
                seen.add(orders);
                return orders.get("ada").get(0).item();
            });

            trial.crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("tea");
            assertThat(seen).hasSize(2).containsOnly(Map.of("ada", List.of(new Order("tea", 2))));
        }

        @Test
        void ofManyTypesIsTheSameInEveryRun() {
            record Everything(
                    Instant at,
                    LocalDate day,
                    Duration took,
                    BigDecimal amount,
                    UUID id,
                    Setting setting,
                    long number,
                    double ratio,
                    List<String> tags) {}
            Everything value = new Everything(
                    Instant.parse("2026-11-23T01:02:03.123456789Z"),
                    LocalDate.of(2024, 2, 29),
                    Duration.ofNanos(1_234_567_891_234L),
                    new BigDecimal("1234567890.123456789012345678901234567890"),
                    UUID.fromString("01234567-89ab-4def-8123-456789abcdef"),
                    setting,
                    Long.MAX_VALUE,
                    0.1 + 0.2,
                    List.of("a", ""));
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                seen.add(ctx.step("Everything", Everything.class, () -> value));
                return "done";
            });

            trial.crashAtTheEnd();
            trial.result();

            assertThat(seen).containsExactly(value, value);
        }

        @Test
        void isTheDecodedOneAlreadyInTheFirstRun() {
            List<String> mine = new ArrayList<>(List.of("recorded"));
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                List<String> value = ctx.step("List", new TypeRef<List<String>>() {}, () -> mine);
                mine.add("too late");
                seen.add(List.copyOf(value));
                assertThat(value).isNotSameAs(mine);
                return "done";
            });

            trial.crashAtTheEnd();
            trial.result();

            assertThat(seen).containsExactly(List.of("recorded"), List.of("recorded"));
        }

        @Test
        void thatLosesSomethingOnItsWayLosesItInEveryRun() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                Object value = ctx.step("Anything", Object.class, () -> new Order("tea", 2));
                Map<Integer, Long> map = ctx.step("Map", new TypeRef<Map<Integer, Long>>() {}, () -> Map.of(1, 2L));
                seen.add(value);
                seen.add(map);
                return "done";
            });

            trial.crashAtTheEnd();
            trial.result();

            assertThat(seen.get(0)).isEqualTo(Map.of("item", "tea", "amount", 2));
            assertThat(seen.subList(2, 4)).isEqualTo(seen.subList(0, 2));
        }

        @Test
        void withPropertiesThatTheTypeDoesNotKnowIsReadAllTheSame() {
            record NewOrder(String item, int amount, String currency) {}
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.step("Order", NewOrder.class, () -> new NewOrder("tea", 2, "EUR"))
                            .item());

            trial.crashAtTheEnd();
            trial.deploy((ctx, in) ->
                    ctx.step("Order", Order.class, () -> new Order("never", 0)).item());

            assertThat(trial.result()).isEqualTo("tea");
        }
    }

    @Nested
    class AFailure {
        private final List<StepFailedException> seen = new ArrayList<>();

        class Declined extends Exception {
            Declined(String message, Throwable cause) {
                super(message, cause);
            }
        }

        private String charge() throws Declined {
            effects.happen("charge");
            throw new Declined("no money", new IllegalStateException("limit", new RuntimeException()));
        }

        @Test
        void isTheSameInTheFirstRunAndInAReplay() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    return ctx.step("Charge", String.class, AFailure.this::charge);
                } catch (StepFailedException e) {
                    seen.add(e);
                    return e.getMessage();
                }
            });

            trial.crashAtTheEnd();
            String result = trial.result();

            assertThat(effects.times("charge")).isEqualTo(1);
            assertThat(seen).hasSize(2);
            assertThat(seen.get(1).failure()).isEqualTo(seen.get(0).failure());
            assertThat(seen.get(1))
                    .hasSameClassAs(seen.get(0))
                    .hasMessage(seen.get(0).getMessage());
            assertThat(result)
                    .isEqualTo("Step \"Charge\" of workflow %s failed: %s: no money"
                            .formatted(trial.id(), Declined.class.getName()));
        }

        @Test
        void carriesTheOriginalAsData() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    return ctx.step("Charge", String.class, AFailure.this::charge);
                } catch (StepFailedException e) {
                    seen.add(e);
                    return "caught";
                }
            });

            trial.crashAtTheEnd();
            trial.result();

            for (StepFailedException thrown : seen) {
                Failure failure = thrown.failure();
                assertThat(thrown.stepName()).isEqualTo("Charge");
                assertThat(thrown.workflowId()).isEqualTo(trial.id());
                assertThat(thrown.threw(Declined.class)).isTrue();
                assertThat(thrown.threw(Exception.class)).isFalse();
                assertThat(failure.kind()).isEqualTo(Failure.Kind.THROWN);
                assertThat(failure.message()).isEqualTo("no money");
                assertThat(failure.trace()).isNotEmpty();
                assertThat(failure.trace().get(0)).contains("StepTests");
                assertThat(failure.cause().type()).isEqualTo("java.lang.IllegalStateException");
                assertThat(failure.cause().message()).isEqualTo("limit");
                assertThat(failure.cause().cause().type()).isEqualTo("java.lang.RuntimeException");
                assertThat(failure.cause().cause().message()).isNull();
                assertThat(failure.cause().cause().cause()).isNull();
            }
        }

        @Test
        void thatNobodyCatchesFailsTheWorkflow() {
            Trial<String> trial =
                    trial(String.class, (ctx, in) -> ctx.step("Charge", String.class, AFailure.this::charge));

            Failure failure = trial.failure().failure();

            assertThat(failure.type()).isEqualTo(StepFailedException.class.getName());
            assertThat(failure.message()).contains("Charge").contains("no money");
            assertThat(trial.handle().status()).isEqualTo(WorkflowStatus.FAILED);
            assertThat(trial.step("Charge").status()).isEqualTo(StepStatus.FAILED);
            assertThat(trial.step("Charge").failure().message()).isEqualTo("no money");
        }

        @Test
        void letsTheWorkflowDoSomethingElse() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    return ctx.step("Charge", String.class, AFailure.this::charge);
                } catch (StepFailedException e) {
                    return ctx.step("Send Invoice", String.class, () -> "invoice");
                }
            });

            trial.crash(CrashPoint.BEFORE_STARTED, "Send Invoice").crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("invoice");
            assertThat(effects.times("charge")).isEqualTo(1);
        }

        @Test
        void isRecordedWithAMessageThatNoDatabaseCanHold() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    return ctx.step("Odd", String.class, () -> {
                        throw new IllegalStateException("zero \0 half \uD83D whole \uD83D\uDE00");
                    });
                } catch (StepFailedException e) {
                    seen.add(e);
                    return "caught";
                }
            });

            trial.crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("caught");
            assertThat(seen.get(1).failure()).isEqualTo(seen.get(0).failure());
            assertThat(seen.get(1).failure().message()).isEqualTo("zero \0 half \uD83D whole \uD83D\uDE00");
        }

        @Test
        void isCutWhereItWouldGrowWithoutBound() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    return ctx.step("Long", String.class, () -> {
                        RuntimeException chain = new RuntimeException("end");
                        for (int i = 0; i < 100; i++) {
                            chain = new RuntimeException("x".repeat(100_000), chain);
                        }
                        throw chain;
                    });
                } catch (StepFailedException e) {
                    seen.add(e);
                    return "caught";
                }
            });

            trial.crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("caught");
            assertThat(seen.get(0).failure().message()).hasSizeLessThan(5_000);
            assertThat(seen.get(1).failure()).isEqualTo(seen.get(0).failure());
            assertThat(trial.row("Long").failure()).hasSizeLessThan(100_000);
        }

        @Test
        void ofCausesInACircleIsRecorded() {
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.step("Circle", String.class, () -> {
                        IllegalStateException one = new IllegalStateException("one");
                        IllegalStateException two = new IllegalStateException("two", one);
                        one.initCause(two);
                        throw one;
                    }));

            assertThat(trial.failure().failure().message()).contains("one");
            assertThat(trial.step("Circle").failure().cause().message()).isEqualTo("two");
        }

        @Test
        void keepsTheRootOfALongChainOfCauses() {
            Exception chain = new IllegalStateException("root");
            for (int i = 20; i > 0; i--) {
                chain = new Exception("link " + i, chain);
            }
            Exception thrown = chain;
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.step("Chain", String.class, () -> {
                        throw thrown;
                    }));

            trial.failure();
            List<String> messages = new ArrayList<>();
            for (Failure link = trial.step("Chain").failure(); link != null; link = link.cause()) {
                messages.add(link.message());
            }

            assertThat(messages)
                    .containsExactly("link 1", "link 2", "link 3", "link 4", "link 5", "link 6", "link 7", "root");
        }

        @Test
        void endsAChainOfCausesThatHasNoEnd() {
            class Endless extends Exception {
                private static final long serialVersionUID = 1L;

                @Override
                public synchronized Throwable getCause() {
                    return new Endless();
                }
            }
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.step("Endless", String.class, () -> {
                        throw new Endless();
                    }));

            trial.failure();

            assertThat(trial.step("Endless").failure().type()).isEqualTo(Endless.class.getName());
        }

        @Test
        void ofAnAssertionIsAnOrdinaryOne() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    return ctx.step("Assert", String.class, () -> {
                        throw new AssertionError("wrong");
                    });
                } catch (StepFailedException e) {
                    return e.failure().type();
                }
            });

            trial.crashAtTheEnd();

            assertThat(trial.result()).isEqualTo("java.lang.AssertionError");
        }

        @Test
        void inPureCodeFailsTheWorkflowWithItsCauseChain() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                throw new Declined("not today", new IllegalStateException("tired"));
            });

            Failure failure = trial.failure().failure();

            assertThat(failure.type()).isEqualTo(Declined.class.getName());
            assertThat(failure.message()).isEqualTo("not today");
            assertThat(failure.cause().message()).isEqualTo("tired");
        }
    }

    @Nested
    class AValueThatIsNoJson {
        class Opaque {
            private final Thread thread = Thread.currentThread();

            @Override
            public String toString() {
                return thread.getName();
            }
        }

        class OneWay {
            private final String text;

            OneWay(String text) {
                this.text = text;
            }

            @JsonValue
            public String text() {
                return text;
            }
        }

        private String kindAndMessage(StepFailedException e) {
            return e.failure().kind() + " " + e.failure().message();
        }

        private <T> Trial<String> stepOf(Class<T> type, Supplier<T> body) {
            return trial(String.class, (ctx, in) -> {
                T value = ctx.step("Step", type, () -> {
                    effects.happen("effect");
                    return body.get();
                });
                return "recorded " + value;
            });
        }

        @Test
        void stopsTheWorkflowBeforeTheEffectWhenItCouldNotBeWritten() {
            Trial<String> trial = stepOf(Opaque.class, Opaque::new);

            Attention attention = trial.attention();

            assertThat(attention.reason()).isEqualTo(Attention.Reason.UNREADABLE_PAYLOAD);
            assertThat(attention.message())
                    .contains("Step Step#1 of workflow " + trial.id() + " was stopped before its effect")
                    .contains(Opaque.class.getName() + " cannot be recorded")
                    .contains("Give it getters or make it a record");
            assertThat(effects.times("effect")).isZero();
            assertThat(trial.rows()).isEmpty();
        }

        @Test
        void stopsTheWorkflowBeforeTheEffectWhenItCouldNotBeReadBack() {
            Trial<String> trial = stepOf(OneWay.class, () -> new OneWay("x"));

            assertThat(trial.attention().message())
                    .contains(OneWay.class.getName() + " cannot be recorded")
                    .contains("no constructor that Jackson can call");
            assertThat(effects.times("effect")).isZero();
        }

        @Test
        void goesOnOnceItsTypeIsMended() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                ctx.step("Before", () -> effects.happen("before"));
                return ctx.step("Step", Opaque.class, Opaque::new).toString();
            });
            trial.attention();

            trial.deploy((ctx, in) -> {
                ctx.step("Before", () -> effects.happen("before"));
                return ctx.step("Step", String.class, () -> "fixed");
            });
            trial.revive().resume(trial.id());

            assertThat(trial.result()).isEqualTo("fixed");
            assertThat(effects.times("before")).isEqualTo(1);
        }

        @Test
        void failsTheStepWhenItRefersToItself() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    ctx.step("Circle", new TypeRef<List<Object>>() {}, () -> {
                        List<Object> circle = new ArrayList<>();
                        circle.add(circle);
                        return circle;
                    });
                    return "recorded";
                } catch (StepFailedException e) {
                    return kindAndMessage(e);
                }
            });

            assertThat(trial.result()).startsWith("NOT_SERIALIZABLE ").contains("cannot be written as JSON");
        }

        @Test
        void failsTheStepWhenItsGetterThrows() {
            record Moody(String name) {
                @SuppressWarnings("unused") // Jackson calls it
                public String getMood() {
                    throw new IllegalStateException("not now");
                }
            }
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    return ctx.step("Moody", Moody.class, () -> new Moody("Ada"))
                            .name();
                } catch (StepFailedException e) {
                    return kindAndMessage(e);
                }
            });

            assertThat(trial.result()).startsWith("NOT_SERIALIZABLE ").contains("not now");
        }

        @Test
        void failsTheStepWhenItsGetterAsserts() {
            record Strict(String name) {
                @SuppressWarnings("unused") // Jackson calls it
                public String getMood() {
                    throw new AssertionError("never");
                }
            }
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                try {
                    return ctx.step("Strict", Strict.class, () -> new Strict("Ada"))
                            .name();
                } catch (StepFailedException e) {
                    return kindAndMessage(e);
                }
            });

            assertThat(trial.result()).startsWith("NOT_SERIALIZABLE ").contains("never");
        }

        @Test
        void failsTheStepWhenItIsTooLong() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                        try {
                            return ctx.step("Long", String.class, () -> "x".repeat(1_000));
                        } catch (StepFailedException e) {
                            return kindAndMessage(e);
                        }
                    })
                    .with(builder -> builder.maxPayloadChars(1_000));

            assertThat(trial.result())
                    .startsWith("NOT_SERIALIZABLE The value has 1")
                    .contains("more than the 1")
                    .contains("maxPayloadChars");
        }

        @Test
        void isAllowedUpToTheBound() {
            Trial<String> trial = trial(
                            String.class, (ctx, in) -> ctx.step("Long", String.class, () -> "x".repeat(998)))
                    .with(builder -> builder.maxPayloadChars(1_000));

            assertThat(trial.result()).hasSize(998);
        }

        @Test
        void isRefusedWithItsWorkflowWhenItIsTheResult() {
            Trial<Opaque> trial = trial(Opaque.class, (ctx, in) -> new Opaque());

            assertThatThrownBy(trial::revive)
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining(
                            "The output of workflow " + trial.workflow().name())
                    .hasMessageContaining("cannot be recorded");
        }

        @Test
        void failsTheWorkflowWhenItIsItsResult() {
            Trial<Object> trial = trial(Object.class, (ctx, in) -> new Opaque());

            assertThat(trial.failure().failure().kind()).isEqualTo(Failure.Kind.NOT_SERIALIZABLE);
            assertThat(trial.failure().failure().message()).contains("cannot be written as JSON");
        }

        @Test
        void isToldInOneLocaleLikeInAnother() {
            Trial<String> trial = trial(String.class, (ctx, in) -> {
                        try {
                            return ctx.step("Long", String.class, () -> "x".repeat(2_000));
                        } catch (StepFailedException e) {
                            return e.failure().message();
                        }
                    })
                    .with(builder -> builder.maxPayloadChars(1_000));
            java.util.Locale before = java.util.Locale.getDefault();
            java.util.Locale.setDefault(java.util.Locale.forLanguageTag("ar-EG-u-nu-arab"));
            try {
                assertThat(trial.result()).contains("2,002").contains("1,000");
            } finally {
                java.util.Locale.setDefault(before);
            }
        }
    }

    @Nested
    class ARecordThatTheCodeCannotReadAnyMore {
        record Old(String amount) {}

        record Strict(int amount) {}

        record Tolerant(String amount) {
            @JsonCreator
            static Tolerant of(Map<String, Object> properties) {
                return new Tolerant(String.valueOf(properties.get("amount")));
            }
        }

        private Trial<String> recorded() {
            Trial<String> trial = trial(
                    String.class,
                    (ctx, in) -> ctx.step("Amount", Old.class, () -> new Old("a lot"))
                            .amount());
            trial.crashAtTheEnd();
            return trial;
        }

        private Trial<String> unreadable() {
            return recorded().deploy((ctx, in) -> {
                Strict value = ctx.step("Amount", Strict.class, () -> new Strict(effects.happen("amount")));
                ctx.step("Next", () -> effects.happen("next"));
                return "" + value.amount();
            });
        }

        @Test
        void needsAttentionAndDoesNotFail() {
            Trial<String> trial = unreadable();

            Attention attention = trial.attention();

            assertThat(attention.reason()).isEqualTo(Attention.Reason.UNREADABLE_PAYLOAD);
            assertThat(attention.message())
                    .contains(trial.id())
                    .contains("Amount#1")
                    .contains("resume")
                    .contains(Strict.class.getName());
            assertThat(trial.handle().status()).isEqualTo(WorkflowStatus.NEEDS_ATTENTION);
            assertThat(trial.handle().attention()).contains(attention);
            assertThat(effects.all()).isEmpty();
        }

        @Test
        void goesOnOnceTheTypeReadsItAndItIsResumed() {
            Trial<String> trial = unreadable();
            trial.attention();

            trial.deploy((ctx, in) -> ctx.step("Amount", Tolerant.class, () -> new Tolerant("again"))
                    .amount());
            trial.attention();
            assertThat(trial.revive().resume(trial.id())).isTrue();

            assertThat(trial.result()).isEqualTo("a lot");
            assertThat(trial.revive().resume(trial.id())).isFalse();
        }

        @Test
        void needsAttentionTooWhenItIsTheInput() {
            Trial<String> trial = recorded();
            dev.revive.workflow.Workflow<Strict, String> retyped =
                    dev.revive.workflow.Workflow.named(trial.workflow().name(), Strict.class, String.class);
            dev.revive.Revive revive = engine(retyped, (ctx, in) -> "never");

            assertThat(catchThrowableOfType(
                                    dev.revive.workflow.WorkflowNeedsAttentionException.class,
                                    () -> revive.handle(retyped, trial.id()).result(PATIENCE))
                            .attention()
                            .reason())
                    .isEqualTo(Attention.Reason.UNREADABLE_PAYLOAD);
        }
    }
}
