// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.simulator;

import io.javalin.http.Context;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/** One page that listens, as a stream of server-sent events. */
final class LivePage implements AsyncListener {
    private final HttpServletResponse response;
    private final CompletableFuture<Void> gone = new CompletableFuture<>();

    LivePage(Context ctx) {
        this.response = ctx.res();
    }

    /** Called once the request is asynchronous; it ends when the future does. */
    CompletableFuture<Void> open(Context ctx) {
        response.setStatus(200);
        response.setContentType("text/event-stream");
        response.setCharacterEncoding("UTF-8");
        ctx.req().getAsyncContext().addListener(this);
        return gone;
    }

    /** The data is one line. */
    void send(String event, String data) {
        try {
            String text = "event: " + event + "\ndata: " + data + "\n\n";
            response.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            response.flushBuffer();
        } catch (IOException | RuntimeException e) {
            end(); // nobody is there any more
        }
    }

    boolean isGone() {
        return gone.isDone();
    }

    void end() {
        gone.complete(null);
    }

    @Override
    public void onComplete(AsyncEvent event) {
        end();
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        end();
    }

    @Override
    public void onError(AsyncEvent event) {
        end();
    }

    @Override
    public void onStartAsync(AsyncEvent event) {}
}
