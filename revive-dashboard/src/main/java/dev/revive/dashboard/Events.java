// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import dev.revive.store.ExecutorRecord;
import dev.revive.store.ReadLimit;
import dev.revive.store.StoreException;
import dev.revive.store.Undelivered;
import dev.revive.store.WorkflowCounts;
import dev.revive.store.WorkflowStore;
import dev.revive.thread.BareThreads;
import dev.revive.workflow.WorkflowStatus;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells pages that something has changed, so that they ask again. One thread looks at the store for all of them, while anybody listens, and once
 * for each topic; if looking is slow it looks more rarely, and a list that has just changed rests for one look: beside a busy engine it would change
 * every time. It says no more than that: what has changed is read through the guarded routes.
 *
 * <p>Who has just come is told at once that something has changed: something may have, before.
 */
final class Events implements AutoCloseable {
    static final int MOST_LISTENERS = 200;
    static final int MOST_OF_ONE = 50;

    private static final Logger log = LoggerFactory.getLogger(Events.class);
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
    private static final Duration BEAT = Duration.ofSeconds(5);
    private static final int SLOW = 10;
    private static final int SENDERS = 16;

    /** Enough to see that a number has changed; where there are more, see {@link #ofWorkflows}. */
    private static final int COUNTED = 1_000;

    private static final Duration UNSEEN = Duration.ofSeconds(5);

    /** What could not be delivered, without its payloads: one more than a page shows. */
    private static final ReadLimit HEADS = new ReadLimit(0, 101, 0);

    private final WorkflowStore store;
    private final Answers answers;
    private final Set<Listener> listeners = ConcurrentHashMap.newKeySet();
    /** Each listener has at most one task here, so the queue is bounded as they are. */
    private final ThreadPoolExecutor senders = new ThreadPoolExecutor(
            SENDERS, SENDERS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> daemon(task, "sender"));

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ticked = lock.newCondition();
    private boolean looking;
    private @Nullable Thread looker;
    private boolean closed;

    /**
     * What somebody listens to.
     *
     * @param name workflows, workflow or executors
     * @param id the workflow's id, or ""
     */
    record Topic(String name, String id) {}

    Events(WorkflowStore store, Answers answers) {
        this.store = store;
        this.answers = answers;
        senders.allowCoreThreadTimeOut(true);
    }

    void listen(Context ctx, Topic topic) {
        if (!ctx.req().isAsyncSupported()) {
            throw new RefusedException(
                    503,
                    "No live updates",
                    "The servlet has to be registered with async support: setAsyncSupported(true).");
        }
        String whose = Api.whose(ctx);
        // Taken in once the request is asynchronous, and not before: from then on the container says when it has ended.
        ctx.future(() -> takeIn(new Listener(topic, whose, ctx.res(), senders, listeners::remove))
                .open(ctx));
    }

    private Listener takeIn(Listener listener) {
        lock.lock();
        try {
            if (closed || listeners.size() >= MOST_LISTENERS || of(listener.whose()) >= MOST_OF_ONE) {
                throw new RefusedException(503, "Too many listeners", "Too many pages listen already. Close some.");
            }
            listeners.add(listener);
            if (!looking) {
                looking = true;
                looker = daemon(this::look, "events");
                looker.start();
            } else {
                ticked.signalAll();
            }
            return listener;
        } finally {
            lock.unlock();
        }
    }

    private long of(String whose) {
        return listeners.stream()
                .filter(listener -> listener.whose().equals(whose))
                .count();
    }

    private static Thread daemon(Runnable task, String name) {
        return BareThreads.make("revive-dashboard-" + name, task);
    }

    /** Never interrupted: it is in the store. Ends with the last listener. If it dies, the next who listens has another begin. */
    private void look() {
        try {
            lookOn();
        } catch (Throwable e) {
            log.warn("Pages hear of no changes until another one listens", e);
            lock.lock();
            try {
                looking = false;
            } finally {
                lock.unlock();
            }
        }
    }

    private void lookOn() {
        Map<Topic, Watched> watched = new HashMap<>();
        long nextBeat = System.nanoTime() + BEAT.toNanos();
        while (true) {
            long began = System.nanoTime();
            tick(watched);
            long ended = System.nanoTime();
            if (ended - nextBeat >= 0) {
                nextBeat = ended + BEAT.toNanos();
                listeners.forEach(listener -> listener.tell("beat"));
            }
            long pause = Math.max(PAUSE.toNanos(), Math.min(LONGEST_PAUSE.toNanos(), SLOW * (ended - began)));
            if (!isToGoOn(pause)) {
                return;
            }
        }
    }

    private boolean isToGoOn(long pause) {
        lock.lock();
        try {
            long left = pause;
            while (left > 0 && !closed && listeners.stream().noneMatch(Listener::isNew)) {
                left = ticked.awaitNanos(left);
            }
            looking = !closed && !listeners.isEmpty();
            return looking;
        } catch (InterruptedException e) {
            looking = false;
            return false;
        } finally {
            lock.unlock();
        }
    }

    private void tick(Map<Topic, Watched> watched) {
        Map<Topic, List<Listener>> byTopic = listeners.stream().collect(Collectors.groupingBy(Listener::topic));
        watched.keySet().retainAll(byTopic.keySet());
        byTopic.forEach((topic, heard) -> {
            boolean changed = watched.computeIfAbsent(topic, Watched::new).hasChanged(this);
            if (changed) {
                answers.outdate();
            }
            heard.stream()
                    .filter(listener -> listener.welcome() || changed)
                    .forEach(listener -> listener.tell("changed"));
        });
    }

    /** What was last seen of a topic. */
    private static final class Watched {
        private final Topic topic;
        private String mark = "";
        private boolean resting;
        private long lastWord = Long.MAX_VALUE;

        Watched(Topic topic) {
            this.topic = topic;
        }

        /** Also true once after things have calmed down: an answer in between may have been a little old. */
        boolean hasChanged(Events events) {
            if (resting) {
                resting = false;
                return false;
            }
            String now = events.mark(topic);
            if (now != null && !now.equals(mark)) {
                mark = now;
                resting = topic.id().isEmpty();
                lastWord = System.nanoTime() + Answers.LONGEST_LAG.toNanos() + PAUSE.toNanos();
                return true;
            }
            if (lastWord != Long.MAX_VALUE && System.nanoTime() - lastWord >= 0) {
                lastWord = Long.MAX_VALUE;
                return true;
            }
            return false;
        }
    }

    /** Null if the store does not answer now. */
    private @Nullable String mark(Topic topic) {
        try {
            return switch (topic.name()) {
                case "workflow" -> store.fingerprint(topic.id()).orElse("none");
                case "executors" -> ofExecutors(store.executors());
                default -> ofWorkflows(store.counts("", COUNTED)) + ofUndelivered(store.undelivered(HEADS));
            };
        } catch (StoreException e) {
            log.debug("The store does not answer", e);
            return null;
        } catch (RuntimeException e) {
            log.warn("Cannot look for changes", e); // and go on: pages depend on this thread
            return null;
        }
    }

    /**
     * The counts; and where they do not tell everything, because there are too many or because somebody runs something, also the time: pages look
     * again every few seconds then.
     */
    private static String ofWorkflows(WorkflowCounts counts) {
        boolean mayHide = !counts.cut().isEmpty() || counts.of(WorkflowStatus.RUNNING, null) > 0;
        return counts.groups() + (mayHide ? " " + System.nanoTime() / UNSEEN.toNanos() : "");
    }

    private static String ofUndelivered(List<Undelivered> undelivered) {
        return undelivered.stream().map(one -> " " + one.position()).collect(Collectors.joining());
    }

    /** A heartbeat is a change. What they run is not looked for: it would be one every time, so pages ask every few seconds. */
    private static String ofExecutors(List<ExecutorRecord> executors) {
        return executors.stream()
                        .map(each -> each.id() + each.alive() + each.heartbeatAt())
                        .collect(Collectors.joining(","))
                + (executors.isEmpty() ? "" : System.nanoTime() / UNSEEN.toNanos());
    }

    /** Returns when nothing of this touches the store any more, or after some seconds. */
    @Override
    public void close() {
        Thread last;
        lock.lock();
        try {
            closed = true;
            last = looker;
            ticked.signalAll();
        } finally {
            lock.unlock();
        }
        listeners.forEach(Listener::end);
        senders.shutdown();
        if (last != null) {
            Reader.patiently(() -> last.join(Reader.FAREWELL.toMillis()));
        }
    }
}
