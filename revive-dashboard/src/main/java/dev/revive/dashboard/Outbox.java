// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import io.javalin.http.Context;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Sends answers without a thread that waits for a slow line, where the container can. What is on its way is kept in memory until it is taken, so
 * there is a bound to that.
 */
final class Outbox {
    private static final long MOST_BYTES =
            Math.min(64_000_000, Runtime.getRuntime().maxMemory() / 8);

    /** Not counted: there are no more of them than connections. */
    private static final int SHORT = 65_536;

    private final AtomicLong onTheirWay = new AtomicLong();

    /** In gzip if that is asked for and worth it. */
    void send(Context ctx, Cached body, String type) {
        long bytes = body.plain().length <= SHORT ? 0 : body.plain().length;
        if (onTheirWay.addAndGet(bytes) > MOST_BYTES && bytes > 0 && onTheirWay.get() > bytes) {
            onTheirWay.addAndGet(-bytes);
            throw new RefusedException(503, "Too busy", "Too much is on its way already. Ask again in a moment.");
        }
        try {
            ctx.contentType(type);
            begin(ctx, encoded(ctx, body), () -> onTheirWay.addAndGet(-bytes));
        } catch (RuntimeException | Error e) {
            onTheirWay.addAndGet(-bytes);
            throw e;
        }
    }

    private static byte[] encoded(Context ctx, Cached body) {
        if (!body.isWorthZipping()) {
            return body.plain();
        }
        ctx.res().setHeader("Vary", "Accept-Encoding");
        String accepted = ctx.header("Accept-Encoding");
        if (accepted == null || !accepted.contains("gzip")) {
            return body.plain();
        }
        ctx.res().setHeader("Content-Encoding", "gzip");
        return body.zipped();
    }

    /** A short one, which is not counted. */
    static void send(Context ctx, int status, byte[] body, String type) {
        ctx.status(status).contentType(type);
        begin(ctx, body, () -> {});
    }

    private static void begin(Context ctx, byte[] body, Runnable whenSent) {
        if (ctx.req().isAsyncSupported()) {
            Delivery delivery = new Delivery(ctx, body, whenSent);
            ctx.future(delivery::begin);
        } else {
            ctx.result(body);
            whenSent.run();
        }
    }

    /** One answer on its way. Written in one piece, so that a server knows how much is still to be taken. */
    private static final class Delivery implements WriteListener {
        private final Context ctx;
        private final byte[] body;
        private final Runnable whenSent;
        private final CompletableFuture<@Nullable Void> sent = new CompletableFuture<>();
        private @Nullable ServletOutputStream line;
        private boolean isWritten;

        Delivery(Context ctx, byte[] body, Runnable whenSent) {
            this.ctx = ctx;
            this.body = body;
            this.whenSent = whenSent;
        }

        CompletableFuture<@Nullable Void> begin() {
            try {
                ctx.res().setContentLength(body.length);
                line = ctx.res().getOutputStream();
                line.setWriteListener(this);
            } catch (IOException e) {
                onError(e);
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

        private void end() {
            if (sent.complete(null)) {
                whenSent.run();
            }
        }
    }
}
