// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.force;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a client and its database, and waits for a message with certain words. Then it holds the message, and all that any connection
 * sends after it, until it is let go; or it cuts the connection, before the server gets the message or after the server has answered it.
 *
 * <p>What a client sent before it gave up is held all the same, and reaches the server in the end: that is what a network may do.
 */
final class HoldingProxy implements AutoCloseable {
    private final ServerSocket listener;
    private final int serverPort;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final Set<Trap> traps = ConcurrentHashMap.newKeySet();
    private final AtomicReference<@Nullable Trap> armed = new AtomicReference<>();
    private volatile @Nullable Trap shut;

    HoldingProxy(int serverPort) {
        this.serverPort = serverPort;
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        daemon("proxy", this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** What is to become of the message that a trap waits for. */
    private enum What {
        HOLD,
        HOLD_ONLY,
        HOLD_EACH,
        CUT_BEFORE,
        CUT_AFTER_ANSWER
    }

    /** Waits for one message. */
    final class Trap {
        private final What what;
        private final List<String> words;
        private final CountDownLatch sprung = new CountDownLatch(1);
        private final CountDownLatch letGo = new CountDownLatch(1);
        private final CountDownLatch answered = new CountDownLatch(1);

        private Trap(What what, String... words) {
            this.what = what;
            this.words = List.of(words);
        }

        private boolean isFor(String sent) {
            return words.stream().allMatch(sent::contains);
        }

        /** Waits until the message is here. */
        void awaitSprung() {
            assertThat(happens(sprung)).as("a message with the words " + words).isTrue();
        }

        boolean isSprung() {
            return sprung.getCount() == 0;
        }

        /** Lets go whatever is here, if anything is. */
        void open() {
            shut = null;
            armed.compareAndSet(this, null);
            letGo.countDown();
        }

        /** Lets it and all that followed go to the server, and waits until the server has answered it, or has ended its connection. */
        void letGo() {
            open();
            assertThat(happens(answered)).as("the answer to " + words).isTrue();
        }
    }

    /** Holds the first message with these words, and from then on everything. */
    Trap hold(String... words) {
        return arm(new Trap(What.HOLD, words));
    }

    /** Holds the first message with these words and what its own connection sends after it; all others go on. */
    Trap holdOnly(String... words) {
        return arm(new Trap(What.HOLD_ONLY, words));
    }

    /** Holds every connection that sends a message with these words; all others go on. */
    Trap holdEach(String... words) {
        return arm(new Trap(What.HOLD_EACH, words));
    }

    /** Ends the connection instead of passing on the first message with these words. */
    Trap cutBefore(String... words) {
        return arm(new Trap(What.CUT_BEFORE, words));
    }

    /** Ends the connection instead of passing on the answer to the first message with these words. */
    Trap cutAfterAnswer(String... words) {
        return arm(new Trap(What.CUT_AFTER_ANSWER, words));
    }

    private Trap arm(Trap trap) {
        traps.add(trap);
        armed.set(trap);
        return trap;
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                Socket server = new Socket();
                try {
                    server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), serverPort));
                } catch (IOException e) {
                    client.close(); // the server is down
                    continue;
                }
                Link link = new Link(client, server);
                links.add(link);
                daemon("proxy-up", link::up);
                daemon("proxy-down", link::down);
            }
        } catch (IOException e) {
            // closed
        }
    }

    /** One connection. */
    private final class Link {
        private final Socket client;
        private final Socket server;
        private final StringBuilder unanswered = new StringBuilder();
        private @Nullable Trap mine;

        Link(Socket client, Socket server) throws IOException {
            this.client = client;
            this.server = server;
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
        }

        void up() {
            byte[] buffer = new byte[65_536];
            try {
                InputStream in = client.getInputStream();
                OutputStream out = server.getOutputStream();
                for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                    byte[] sent = Arrays.copyOf(buffer, length);
                    if (passes(sent)) {
                        out.write(sent);
                        out.flush();
                    }
                }
                server.shutdownOutput();
            } catch (IOException e) {
                close();
            }
        }

        private boolean passes(byte[] sent) throws IOException {
            Trap trap = armed.get();
            if (trap != null && note(sent, trap) && isFirst(trap)) {
                return spring(trap);
            }
            Trap others = shut;
            if (others != null) {
                happens(others.letGo);
            }
            return true;
        }

        private boolean isFirst(Trap trap) {
            return trap.what == What.HOLD_EACH || armed.compareAndSet(trap, null);
        }

        private synchronized boolean note(byte[] sent, Trap trap) {
            unanswered.append(new String(sent, StandardCharsets.ISO_8859_1));
            return trap.isFor(unanswered.toString());
        }

        private boolean spring(Trap trap) throws IOException {
            setMine(trap);
            if (trap.what == What.CUT_BEFORE) {
                trap.sprung.countDown(); // first: whoever sees the cut finds it sprung
                close();
                return false;
            }
            if (trap.what == What.CUT_AFTER_ANSWER) {
                return true;
            }
            if (trap.what == What.HOLD) {
                shut = trap;
            }
            trap.sprung.countDown();
            happens(trap.letGo);
            return true;
        }

        void down() {
            byte[] buffer = new byte[65_536];
            boolean isHeard = true;
            try {
                InputStream in = server.getInputStream();
                OutputStream out = client.getOutputStream();
                for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                    answered();
                    isHeard = isHeard && write(out, buffer, length);
                }
                client.shutdownOutput();
            } catch (IOException e) {
                // the server or this test ended it
            } finally {
                answered();
                close();
            }
        }

        /** The server is listened to until it ends, whether or not its client is still there. */
        private boolean write(OutputStream out, byte[] answer, int length) {
            try {
                out.write(answer, 0, length);
                out.flush();
                return true;
            } catch (IOException e) {
                return false;
            }
        }

        private void answered() {
            Trap trap = mine();
            if (trap == null) {
                return;
            }
            trap.answered.countDown();
            if (trap.what == What.CUT_AFTER_ANSWER) {
                trap.sprung.countDown(); // first: whoever sees the cut finds it sprung
                close();
            }
        }

        private synchronized void setMine(Trap trap) {
            mine = trap;
        }

        private synchronized @Nullable Trap mine() {
            unanswered.setLength(0);
            return mine;
        }

        void close() {
            links.remove(this);
            for (Socket socket : List.of(client, server)) {
                try {
                    socket.close();
                } catch (IOException e) {
                    // closed is closed
                }
            }
        }
    }

    private static boolean happens(CountDownLatch latch) {
        try {
            return latch.await(ForceBed.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException("Nobody interrupts a proxy.", e);
        }
    }

    private static void daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Ends all connections that there are; new ones may come. */
    void cutAll() {
        links.forEach(Link::close);
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            // closed is closed
        }
        for (Trap held : traps) {
            held.letGo.countDown();
        }
        cutAll();
    }
}
