// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who has been let in is answered, whoever else asks, and also when the console is closed. */
@Timeout(120)
class ReaderTests {
    /** As many as may wait, and one. */
    private static final int CROWD = 501;

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Reader reader = new Reader();
    private final ExecutorService visitors = Executors.newCachedThreadPool();
    private final CountDownLatch first = new CountDownLatch(1);
    private final CountDownLatch others = new CountDownLatch(1);
    private Future<String> waiting;

    /** Two questions of the same visitor are being answered, and a third waits for one of them. */
    @BeforeEach
    void askThreeQuestions() throws Exception {
        askAndHold("eve", first);
        askAndHold("eve", others);
        CountDownLatch isWaiting = new CountDownLatch(1);
        FutureTask<String> third = new FutureTask<>(() -> "third") {
            @Override
            public String get(long time, TimeUnit unit)
                    throws InterruptedException, ExecutionException, TimeoutException {
                isWaiting.countDown();
                return super.get(time, unit);
            }
        };
        waiting = visitors.submit(() -> reader.ask("eve", third));
        isWaiting.await();
    }

    @AfterEach
    void close() {
        first.countDown();
        others.countDown();
        reader.close();
        visitors.shutdownNow();
    }

    @Test
    void whoWaitsForAQuestionOfHisOwnIsAnsweredThoughTheQueueIsFull() throws Exception {
        askAndHold("ada", others);
        List<Future<String>> crowd = new ArrayList<>();
        for (int i = 0; i < CROWD; i++) {
            String name = "visitor-" + i;
            crowd.add(visitors.submit(() -> reader.ask(name, () -> name)));
        }
        await().atMost(PATIENCE)
                .until(() -> crowd.stream().anyMatch(Future::isDone)); // it was refused, for all threads are held

        first.countDown();

        assertThat(waiting.get()).isEqualTo("third");
    }

    @Test
    void whoWaitsForAQuestionOfHisOwnIsAnsweredThoughTheConsoleIsClosed() throws Exception {
        Future<?> closing = visitors.submit(reader::close);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThatThrownBy(() -> reader.ask("ada", () -> "too late"))
                        .isInstanceOf(RefusedException.class));

        first.countDown();

        assertThat(waiting.get()).isEqualTo("third");
        others.countDown();
        closing.get();
    }

    private void askAndHold(String whose, CountDownLatch hold) throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        visitors.submit(() -> reader.ask(whose, new FutureTask<>(() -> {
            begun.countDown();
            hold.await();
            return "held";
        })));
        begun.await();
    }
}
