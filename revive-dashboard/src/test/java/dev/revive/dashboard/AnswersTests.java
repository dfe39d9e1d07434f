// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AnswersTests {
    private final AtomicLong now = new AtomicLong(1);
    private final Answers answers = new Answers(now::get);
    private final AtomicInteger asked = new AtomicInteger();

    private byte[] ask() {
        return String.valueOf(asked.incrementAndGet()).getBytes(StandardCharsets.UTF_8);
    }

    private String get() {
        return get(this::ask);
    }

    private String get(Supplier<byte[]> question) {
        FutureTask<Cached> task = answers.to("key", question);
        task.run();
        return answer(task);
    }

    private static String answer(FutureTask<Cached> task) {
        try {
            return new String(task.get().plain(), StandardCharsets.UTF_8);
        } catch (ExecutionException e) {
            throw (RuntimeException) e.getCause();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void manyThatAskAtOnceAreAnsweredByOneQuestion() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch answered = new CountDownLatch(1);
        ExecutorService pages = Executors.newFixedThreadPool(20);
        Future<String> first = pages.submit(() -> get(() -> {
            begun.countDown();
            waitFor(answered);
            return ask();
        }));
        begun.await();
        CountDownLatch joined = new CountDownLatch(19);
        List<Future<String>> others = IntStream.range(0, 19)
                .mapToObj(i -> pages.submit(() -> {
                    FutureTask<Cached> task = answers.to("key", this::ask);
                    joined.countDown();
                    task.run();
                    return answer(task);
                }))
                .toList();
        joined.await(); // an answer is not given for long to those who ask later
        answered.countDown();

        assertThat(first.get()).isEqualTo("1");
        assertThat(others).allSatisfy(other -> assertThat(other.get()).isEqualTo("1"));
        pages.shutdown();
    }

    @Test
    void whatIsOutdatedIsGivenToNobodyWhoAsksLaterEvenIfItWasOnItsWay() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch answered = new CountDownLatch(1);
        ExecutorService page = Executors.newSingleThreadExecutor();
        Future<String> before = page.submit(() -> get(() -> {
            begun.countDown();
            waitFor(answered);
            return ask();
        }));
        begun.await();
        answers.outdate();

        assertThat(get()).isEqualTo("1");
        answered.countDown();
        assertThat(before.get()).isEqualTo("2");
        page.shutdown();
    }

    @Test
    void aDearAnswerIsGivenAgainUntilAPersonChangesSomething() {
        Supplier<byte[]> costly = () -> {
            now.addAndGet(40_000_000);
            return ask();
        };
        assertThat(get(costly)).isEqualTo("1");
        answers.outdate();
        assertThat(get(costly)).isEqualTo("1");
        answers.forget();
        assertThat(get(costly)).isEqualTo("2");
    }

    @Test
    void theLastWhoGivesUpGivesUpTheQuestion() {
        FutureTask<Cached> eves = answers.to("key", this::ask);
        FutureTask<Cached> adas = answers.to("key", this::ask);

        eves.cancel(false);
        assertThat(adas.isCancelled()).isFalse();
        adas.cancel(false);
        assertThat(adas.isCancelled()).isTrue();

        assertThat(get()).isEqualTo("1");
    }

    @Test
    void aFailureIsNotKept() {
        assertThatThrownBy(() -> get(() -> {
                    throw new IllegalStateException("no");
                }))
                .hasMessage("no");

        assertThat(get()).isEqualTo("1");
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
