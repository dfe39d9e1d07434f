// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The network between an executor and its database. It passes everything on, until it is told to reset what there is, or to swallow what comes.
 *
 * <p>A connection of which something was swallowed never comes back: what follows would make no sense. Its end is not passed on either before the
 * network is well again, so the server keeps what its client has long given up.
 */
final class Proxy implements AutoCloseable {
    /** What is swallowed. */
    enum Swallowing {
        NOTHING,
        ANSWERS,
        EVERYTHING
    }

    private final InetSocketAddress target;
    private final ServerSocket door;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private volatile Swallowing swallowing = Swallowing.NOTHING;

    Proxy(int targetPort) {
        try {
            this.target = new InetSocketAddress(InetAddress.getLoopbackAddress(), targetPort);
            this.door = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start("proxy", this::accept);
    }

    int port() {
        return door.getLocalPort();
    }

    /** Ends all connections by RST, to both sides; how many. */
    int reset() {
        Link[] all = links.toArray(new Link[0]);
        for (Link link : all) {
            link.reset();
        }
        return all.length;
    }

    void swallow(Swallowing what) {
        swallowing = what;
    }

    /** From now on everything passes; what was swallowed is lost. */
    void pass() {
        swallowing = Swallowing.NOTHING;
        links.stream().filter(link -> link.isBroken).forEach(Link::close);
    }

    @Override
    public void close() {
        closeQuietly(door);
        links.forEach(Link::close);
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                Socket client = door.accept();
                client.setTcpNoDelay(true);
                start("link", () -> open(client));
            } catch (IOException e) {
                // The door is closed, or a client has gone already.
            }
        }
    }

    private void open(Socket client) {
        Link link = new Link(client);
        links.add(link);
        try {
            if (swallowing == Swallowing.EVERYTHING) {
                link.isBroken = true; // not even the handshake gets through
            } else {
                link.connect();
            }
            link.pump(client.getInputStream(), true);
        } catch (IOException e) {
            link.close();
        }
    }

    private static void start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    private static void closeQuietly(@Nullable AutoCloseable closeable) {
        try {
            if (closeable != null) {
                closeable.close();
            }
        } catch (Exception e) {
            // It is to end, and cannot do more than that.
        }
    }

    private final class Link {
        private final Socket client;
        private volatile @Nullable Socket server;
        private volatile boolean isBroken;

        Link(Socket client) {
            this.client = client;
        }

        void connect() throws IOException {
            Socket connected = new Socket();
            server = connected;
            connected.connect(target);
            connected.setTcpNoDelay(true);
            start("answers", () -> {
                try {
                    pump(connected.getInputStream(), false);
                } catch (IOException e) {
                    close();
                }
            });
        }

        void pump(InputStream from, boolean isRequest) {
            byte[] bytes = new byte[65_536];
            try {
                for (int count = from.read(bytes); count >= 0; count = from.read(bytes)) {
                    OutputStream to = isSwallowed(isRequest) ? null : sink(isRequest);
                    if (to != null) {
                        to.write(bytes, 0, count);
                    }
                }
            } catch (IOException e) {
                // One side has gone; so must the other.
            }
            if (isBroken && swallowing != Swallowing.NOTHING) {
                closeQuietly(isRequest ? client : server);
            } else {
                close();
            }
        }

        private boolean isSwallowed(boolean isRequest) {
            Swallowing now = swallowing;
            if (now == Swallowing.EVERYTHING || (now == Swallowing.ANSWERS && !isRequest)) {
                isBroken = true;
            }
            return isBroken;
        }

        private @Nullable OutputStream sink(boolean isRequest) throws IOException {
            Socket to = isRequest ? server : client;
            return to == null ? null : to.getOutputStream();
        }

        void reset() {
            linger(client);
            linger(server);
            close();
        }

        private void linger(@Nullable Socket socket) {
            try {
                if (socket != null) {
                    socket.setSoLinger(true, 0);
                }
            } catch (IOException e) {
                // It has ended already.
            }
        }

        void close() {
            links.remove(this);
            closeQuietly(client);
            closeQuietly(server);
        }
    }
}
