// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import io.javalin.http.Context;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One page that listens. What it is told waits here while a slow line is written to, each kind of event once. */
final class Listener {
    private final Events.Topic topic;
    private final String whose;
    private final HttpServletResponse response;
    private final Executor senders;
    private final CompletableFuture<Void> gone = new CompletableFuture<>();
    private final CompletableFuture<Void> farewell;
    private final AtomicBoolean welcomed = new AtomicBoolean();
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<String> waiting = new ArrayDeque<>();
    private boolean opened;
    private boolean sending;

    Listener(
            Events.Topic topic,
            String whose,
            HttpServletResponse response,
            Executor senders,
            Consumer<Listener> whenGone) {
        this.topic = topic;
        this.whose = whose;
        this.response = response;
        this.senders = senders;
        this.farewell = gone.thenRun(() -> whenGone.accept(this));
    }

    Events.Topic topic() {
        return topic;
    }

    String whose() {
        return whose;
    }

    boolean isNew() {
        return !welcomed.get();
    }

    /** True the first time. */
    boolean welcome() {
        return !welcomed.getAndSet(true);
    }

    /** Called once the request is asynchronous; it ends when the future does. */
    CompletableFuture<Void> open(Context ctx) {
        try {
            ctx.req().getAsyncContext().addListener(new Departure(this::end));
        } catch (RuntimeException | Error e) {
            end(); // it has ended already
            throw e;
        }
        response.setStatus(200);
        response.setContentType("text/event-stream");
        response.setCharacterEncoding("UTF-8");
        response.setHeader("X-Accel-Buffering", "no");
        lock.lock();
        try {
            opened = true;
        } finally {
            lock.unlock();
        }
        tell("open");
        return farewell;
    }

    void tell(String event) {
        lock.lock();
        try {
            if (!waiting.contains(event)) {
                waiting.add(event);
            }
            if (sending || !opened) {
                return;
            }
            sending = true;
        } finally {
            lock.unlock();
        }
        try {
            senders.execute(this::send);
        } catch (RejectedExecutionException e) {
            stopSending(); // the console is closed
        }
    }

    private void stopSending() {
        lock.lock();
        try {
            sending = false;
        } finally {
            lock.unlock();
        }
    }

    private void send() {
        try {
            for (String event = next(); event != null; event = next()) {
                String text = event.equals("open") ? ": open\n\n" : "event: " + event + "\ndata: {}\n\n";
                response.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
                response.flushBuffer();
            }
        } catch (IOException | RuntimeException e) {
            end(); // whoever listened has gone
        }
    }

    private @Nullable String next() {
        lock.lock();
        try {
            String event = gone.isDone() ? null : waiting.poll();
            sending = event != null;
            return event;
        } finally {
            lock.unlock();
        }
    }

    void end() {
        gone.complete(null);
    }
}
