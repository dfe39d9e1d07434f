// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who has to go when one address has too many lines. */
@Timeout(120)
class ConnectionsTests {
    private static final int SMALL_BUFFER = 1_024;

    private final List<Socket> lines = new ArrayList<>();
    private final Server server = new Server();
    private final ServerConnector connector = new ServerConnector(server);

    @BeforeEach
    void start() throws Exception {
        Connections connections = new Connections();
        connections.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) {
                boolean isLong = Request.getPathInContext(request).equals("/long");
                response.write(true, ByteBuffer.allocate(isLong ? 1_000_000 : 1), callback);
                return true;
            }
        });
        connector.setHost("127.0.0.1");
        connector.setAcceptedSendBufferSize(SMALL_BUFFER);
        connector.addBean(connections);
        server.addConnector(connector);
        server.setHandler(connections);
        server.start();
    }

    @AfterEach
    void stop() throws Exception {
        for (Socket line : lines) {
            line.close();
        }
        server.stop();
    }

    private Socket line(String path) throws IOException {
        Socket socket = new Socket();
        lines.add(socket);
        socket.setReceiveBufferSize(SMALL_BUFFER);
        socket.connect(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), connector.getLocalPort()));
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.UTF_8));
        return socket;
    }

    @Test
    void theOldestThatDoesNotTakeItsAnswerMakesRoomIfAllAreAnswered() throws Exception {
        for (int i = 0; i < Connections.MOST_OF_ONE_ADDRESS; i++) {
            assertThat(line("/long").getInputStream().read()).isPositive(); // it is on its way
        }

        assertThat(line("/short").getInputStream().read()).isPositive();
    }

    @Test
    void whoAsksNothingGoesBeforeWhoIsAnswered() throws Exception {
        Socket answered = line("/long");
        assertThat(answered.getInputStream().read()).isPositive();
        for (int i = 1; i < Connections.MOST_OF_ONE_ADDRESS; i++) {
            assertThat(line("/short").getInputStream().read()).isPositive();
        }

        assertThat(line("/short").getInputStream().read()).isPositive();
        assertThat(answered.getInputStream().readNBytes(1_000_000)).hasSize(1_000_000);
    }
}
