// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.simulator;

import io.javalin.http.Context;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends the state to pages whenever it changes. One thread looks, while anybody listens; each page has a thread that sends, so one that does not
 * read holds up nobody but itself, and is sent only the newest when it reads again.
 */
final class Live implements AutoCloseable {
    static final int MOST_LISTENERS = 20;

    private static final Duration PAUSE = Duration.ofMillis(150);
    private static final Duration BEAT = Duration.ofSeconds(5); // more often than the server ends silent lines

    private final Supplier<State> looks;
    private int listeners;
    private boolean isLooking;
    private boolean isClosed;
    private @Nullable State latest;

    Live(Supplier<State> looks) {
        this.looks = looks;
    }

    /** Sends until the page is gone. */
    synchronized void listen(Context ctx) {
        if (isClosed || listeners >= MOST_LISTENERS) {
            throw new NotNowException("Too many pages listen already. Close some.");
        }
        LivePage page = new LivePage(ctx);
        ctx.future(() -> {
            CompletableFuture<Void> gone = page.open(ctx);
            daemon("simulator-sender", () -> send(page)).start();
            return gone;
        });
        listeners++;
        if (!isLooking) {
            isLooking = true;
            daemon("simulator-looker", this::look).start();
        }
    }

    private static Thread daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    private void look() {
        while (mayLook()) {
            try {
                State state = looks.get();
                offer(state);
            } catch (RuntimeException e) {
                // The database, or the simulator, does not answer now; the next look may.
            }
            pause(PAUSE);
        }
    }

    private synchronized boolean mayLook() {
        isLooking = !isClosed && listeners > 0;
        return isLooking;
    }

    private synchronized void offer(State state) {
        if (latest == null || state.revision() != latest.revision()) {
            latest = state;
            notifyAll();
        }
    }

    private void send(LivePage page) {
        long sent = -1;
        try {
            while (!page.isGone()) {
                State next = next(sent);
                if (next != null) {
                    sent = next.revision();
                    page.send("state", Json.write(next));
                } else if (isClosed()) {
                    page.end();
                } else {
                    page.send("beat", "{}"); // finds out whether anybody is still there
                }
            }
        } finally {
            gone();
        }
    }

    /** Null if nothing changed for a while, or this is closed. */
    private synchronized @Nullable State next(long sent) {
        long left = BEAT.toMillis();
        long end = System.nanoTime() + BEAT.toNanos();
        try {
            while (!isClosed && left > 0 && (latest == null || latest.revision() == sent)) {
                wait(left);
                left = (end - System.nanoTime()) / 1_000_000;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
        return isClosed || latest == null || latest.revision() == sent ? null : latest;
    }

    private synchronized boolean isClosed() {
        return isClosed;
    }

    private synchronized void gone() {
        listeners--;
        notifyAll();
    }

    private synchronized void pause(Duration pause) {
        long end = System.nanoTime() + pause.toNanos();
        try {
            for (long left = pause.toMillis(); left > 0 && !isClosed; left = (end - System.nanoTime()) / 1_000_000) {
                wait(left);
            }
        } catch (InterruptedException e) {
            isClosed = true;
        }
    }

    @Override
    public synchronized void close() {
        isClosed = true;
        notifyAll();
    }
}
