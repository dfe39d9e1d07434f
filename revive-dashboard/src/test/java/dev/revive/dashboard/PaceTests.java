// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An answer has its time, in however many pieces it is written. */
@Timeout(120)
class PaceTests {
    private static final int PIECE = 8_192;
    private static final int PIECES = 64;

    /** So many pieces are taken by the buffers between. */
    private static final int SMALL_BUFFER = 1_024;

    private final AtomicInteger written = new AtomicInteger();

    @Test
    void whoTakesOnePieceAfterTheOtherJustInTimeIsCutOffAllTheSame() throws Exception {
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        connector.setAcceptedSendBufferSize(SMALL_BUFFER);
        server.addConnector(connector);
        Pace pace = new Pace(Duration.ofSeconds(3));
        pace.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) {
                write(response, PIECES, callback);
                return true;
            }
        });
        server.setHandler(pace);
        server.start();
        try (Socket client = new Socket()) {
            client.setReceiveBufferSize(SMALL_BUFFER);
            client.connect(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), connector.getLocalPort()));
            client.getOutputStream()
                    .write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            InputStream in = client.getInputStream();
            // A piece in two seconds: 128 s for what may take 3 s and 32 more.
            await().atMost(Duration.ofSeconds(90))
                    .pollInterval(Duration.ofSeconds(2))
                    .until(() -> isOver(in));
            assertThat(written.get()).isLessThan(PIECES);
        } finally {
            server.stop();
        }
    }

    private void write(Response response, int pieces, Callback callback) {
        ByteBuffer piece = ByteBuffer.allocate(PIECE);
        response.write(
                pieces == 1,
                piece,
                Callback.from(
                        () -> {
                            written.incrementAndGet();
                            if (pieces == 1) {
                                callback.succeeded();
                            } else {
                                write(response, pieces - 1, callback);
                            }
                        },
                        callback::failed));
    }

    private static boolean isOver(InputStream in) {
        try {
            return in.readNBytes(PIECE).length < PIECE;
        } catch (IOException e) {
            return true;
        }
    }
}
