// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import java.nio.ByteBuffer;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.EagerContentHandler.ContentLoader;
import org.eclipse.jetty.server.handler.EagerContentHandler.ContentLoaderFactory;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;
import org.jspecify.annotations.Nullable;

/**
 * Reads a body whole before anybody is asked to wait for it. One that is longer than any may be, or does not say how long it is, is left where it is:
 * the {@link Guards} refuse it unread.
 */
final class Bodies implements ContentLoaderFactory {
    @Override
    public @Nullable String getApplicableMimeType() {
        return null; // all
    }

    @Override
    public @Nullable ContentLoader newContentLoader(
            String contentType,
            String mimeType,
            Handler handler,
            Request request,
            Response response,
            Callback callback) {
        boolean isRefused = request.getLength() < 0 || request.getLength() > Guards.LONGEST_BODY;
        return isRefused ? null : new Loader(handler, request, response, callback);
    }

    /** Copies what arrives, however small the pieces are: to keep them as they came would cost many times as much. */
    private static final class Loader extends ContentLoader implements Promise.Invocable<ByteBuffer> {
        Loader(Handler handler, Request request, Response response, Callback callback) {
            super(handler, request, response, callback);
        }

        @Override
        protected void load() {
            Content.Source.asByteBuffer(getRequest(), this);
        }

        @Override
        public void succeeded(ByteBuffer body) {
            getRequest()
                    .getContext()
                    .execute(() -> handle(new Loaded(getRequest(), body), getResponse(), getCallback()));
        }

        @Override
        public void failed(Throwable failure) {
            getCallback().failed(failure); // whoever sent it has gone, or was too slow
        }

        @Override
        public InvocationType getInvocationType() {
            return InvocationType.NON_BLOCKING;
        }
    }

    /** A request whose body is here. */
    private static final class Loaded extends Request.Wrapper {
        private Content.Chunk next;

        Loaded(Request request, ByteBuffer body) {
            super(request);
            next = Content.Chunk.from(body, true);
        }

        @Override
        public Content.Chunk read() {
            Content.Chunk chunk = next;
            next = Content.Chunk.EOF;
            return chunk;
        }
    }
}
