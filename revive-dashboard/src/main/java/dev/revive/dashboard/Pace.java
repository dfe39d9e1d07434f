// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Ends a connection that is too slow to be a browser's: one whose body does not arrive, and one that does not take what is written to it. A page that
 * listens is neither: only the time counts in which something is on its way to it.
 */
final class Pace extends Handler.Wrapper {
    private static final int BYTES_PER_SECOND = 16_384;

    private final Duration patience;

    /**
     * A pace.
     *
     * @param patience for a whole body, and for a whole answer beside the time that its bytes are given
     */
    Pace(Duration patience) {
        this.patience = patience;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        Request arriving = hasBody(request) ? new Arriving(request) : request;
        return super.handle(arriving, new Leaving(arriving, response), callback);
    }

    private static boolean hasBody(Request request) {
        return request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING)
                || request.getHeaders().getLongField(HttpHeader.CONTENT_LENGTH) > 0;
    }

    private Scheduler.Task endUnlessCancelled(Request request, Duration within, String why) {
        return request.getComponents()
                .getScheduler()
                .schedule(
                        () -> request.getConnectionMetaData()
                                .getConnection()
                                .getEndPoint()
                                .close(new TimeoutException(why)),
                        within.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    /** A request whose body is on its way. */
    private final class Arriving extends Request.Wrapper {
        private final Scheduler.Task end;

        Arriving(Request request) {
            super(request);
            end = endUnlessCancelled(request, patience, "The body does not arrive.");
            Request.addCompletionListener(request, failure -> end.cancel());
        }

        @Override
        public Content.Chunk read() {
            Content.Chunk chunk = super.read();
            if (chunk != null && chunk.isLast()) {
                end.cancel();
            }
            return chunk;
        }
    }

    /** A response that is to be taken in time, in however many pieces it is written: one of them begins when the one before has been taken. */
    private final class Leaving extends Response.Wrapper {
        private final AtomicLong bytes = new AtomicLong();
        private volatile Duration waited = Duration.ZERO;

        Leaving(Request request, Response response) {
            super(request, response);
        }

        @Override
        public void write(boolean last, ByteBuffer content, Callback callback) {
            long began = System.nanoTime();
            bytes.addAndGet(content == null ? 0 : content.remaining());
            Scheduler.Task end = endUnlessCancelled(getRequest(), left(), "What is written is not taken.");
            super.write(last, content, Callback.from(() -> taken(end, began), callback));
        }

        private Duration left() {
            return patience.plusMillis(bytes.get() * 1_000 / BYTES_PER_SECOND).minus(waited);
        }

        private void taken(Scheduler.Task end, long began) {
            end.cancel();
            waited = waited.plusNanos(System.nanoTime() - began);
        }
    }
}
