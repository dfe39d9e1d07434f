// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import io.javalin.http.Context;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends answers without a thread that waits for a slow line, where the container can. What is on its way is kept in memory until it is taken, so
 * there is a bound to that.
 */
final class Outbox {
    private static final Logger log = LoggerFactory.getLogger(Outbox.class);
    private static final long MOST_BYTES =
            Math.min(64_000_000, Runtime.getRuntime().maxMemory() / 8);

    /** Not counted: there are no more of them than connections. */
    private static final int SHORT = 65_536;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Long> onTheirWay = new HashMap<>();

    /** In gzip if that is asked for and worth it. */
    void send(Context ctx, Cached body, String type) {
        boolean isZipped = isZipped(ctx, body);
        byte[] bytes = isZipped ? body.zipped() : body.plain();
        String whose = Api.whose(ctx);
        begin(ctx, bytes, type, () -> {
            Runnable giveBack = take(whose, bytes.length);
            label(ctx, body, isZipped); // not before: a refusal is not zipped
            return giveBack;
        });
    }

    /** A file, which is not counted: it is kept in memory in any case. */
    static void sendFile(Context ctx, Cached file, String type) {
        boolean isZipped = isZipped(ctx, file);
        label(ctx, file, isZipped);
        begin(ctx, isZipped ? file.zipped() : file.plain(), type, () -> Outbox::giveNothingBack);
    }

    /** One visitor takes half of it, so that there is a place for others. One answer goes to everybody, however long. Answers what gives it back. */
    private Runnable take(String whose, long bytes) {
        if (bytes <= SHORT) {
            return Outbox::giveNothingBack;
        }
        lock.lock();
        try {
            long mine = onTheirWay.getOrDefault(whose, 0L);
            long all = onTheirWay.values().stream().mapToLong(Long::longValue).sum();
            if ((all > 0 && all + bytes > MOST_BYTES) || (mine > 0 && mine + bytes > MOST_BYTES / 2)) {
                throw RefusedException.forNow(
                        503, "Too busy", "Too much is on its way already. Ask again in a moment.");
            }
            onTheirWay.put(whose, mine + bytes);
            return () -> give(whose, bytes);
        } finally {
            lock.unlock();
        }
    }

    /** Of what is not counted. */
    private static void giveNothingBack() {}

    private void give(String whose, long bytes) {
        lock.lock();
        try {
            onTheirWay.computeIfPresent(whose, (name, mine) -> mine == bytes ? null : mine - bytes);
        } finally {
            lock.unlock();
        }
    }

    private static boolean isZipped(Context ctx, Cached body) {
        String accepted = ctx.header("Accept-Encoding");
        return body.isWorthZipping() && accepted != null && accepted.contains("gzip");
    }

    private static void label(Context ctx, Cached body, boolean isZipped) {
        if (body.isWorthZipping()) {
            ctx.res().setHeader("Vary", "Accept-Encoding");
        }
        if (isZipped) {
            ctx.res().setHeader("Content-Encoding", "gzip");
        }
    }

    /** A short one, which is not counted. */
    static void send(Context ctx, int status, byte[] body, String type) {
        begin(ctx.status(status), body, type, () -> Outbox::giveNothingBack);
    }

    /** The place is taken once the request is asynchronous, and not before: from then on the container says when it has ended, however it ends. */
    private static void begin(Context ctx, byte[] body, String type, Supplier<Runnable> place) {
        ctx.contentType(type);
        if (ctx.req().isAsyncSupported()) {
            ctx.future(() -> new Delivery(ctx, body, place.get()).begin());
        } else {
            Runnable giveBack = place.get();
            ctx.result(body); // this thread waits for the line, so that there are no more of them than threads
            giveBack.run();
        }
    }

    /** One answer on its way. Written in one piece, so that a server knows how much is still to be taken. */
    private static final class Delivery implements WriteListener {
        private final Context ctx;
        private final byte[] body;
        private final Runnable giveBack;
        private final AtomicBoolean isOver = new AtomicBoolean();
        private final CompletableFuture<@Nullable Void> sent = new CompletableFuture<>();
        private @Nullable ServletOutputStream line;
        private boolean isWritten;

        Delivery(Context ctx, byte[] body, Runnable giveBack) {
            this.ctx = ctx;
            this.body = body;
            this.giveBack = giveBack;
        }

        CompletableFuture<@Nullable Void> begin() {
            try {
                ctx.req().getAsyncContext().addListener(new Departure(this::end));
                ctx.res().setContentLength(body.length);
                line = ctx.res().getOutputStream();
                line.setWriteListener(this);
            } catch (IOException | RuntimeException e) {
                log.debug("An answer cannot be sent", e);
                end(); // and not thrown: what would be said of it could not be sent either, and so on without end
            }
            return sent;
        }

        @Override
        public void onWritePossible() throws IOException {
            ServletOutputStream out = line;
            while (out != null && out.isReady()) {
                if (isWritten) {
                    end();
                    return;
                }
                isWritten = true;
                out.write(body);
            }
        }

        /** Whoever asked has gone, or was too slow. */
        @Override
        public void onError(Throwable failure) {
            end();
        }

        /** Told by the line, by the container or by both; and the future may be over by then, for a request whose time is up cancels it. */
        private void end() {
            if (isOver.compareAndSet(false, true)) {
                giveBack.run();
            }
            sent.complete(null);
        }
    }
}
