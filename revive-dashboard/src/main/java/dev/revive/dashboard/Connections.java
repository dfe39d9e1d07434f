// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the connections, in all and of each address. Where there are too many, the oldest of them that asks nothing makes room for the new one, else
 * the oldest that does not take what it is answered: so whoever only holds connections keeps nobody out. Whoever has not sent all of his request yet
 * asks nothing: this handler stands behind what waits for bodies.
 */
final class Connections extends Handler.Wrapper implements Connection.Listener {
    /** As many as may listen, and some that ask. */
    static final int MOST_OF_ONE_ADDRESS = Events.MOST_LISTENERS + 56;

    static final int MOST = 1_024;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<EndPoint, String> addresses = new LinkedHashMap<>();
    private final Set<EndPoint> asking = ConcurrentHashMap.newKeySet();
    private final Set<EndPoint> taking = ConcurrentHashMap.newKeySet();

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        EndPoint line = request.getConnectionMetaData().getConnection().getEndPoint();
        asking.add(line);
        Request.addCompletionListener(request, failure -> asking.remove(line));
        return super.handle(request, new Leaving(request, response, line), callback);
    }

    /** A response that tells while some of it is on its way. */
    private final class Leaving extends Response.Wrapper {
        private final EndPoint line;

        Leaving(Request request, Response response, EndPoint line) {
            super(request, response);
            this.line = line;
        }

        @Override
        public void write(boolean last, ByteBuffer content, Callback callback) {
            taking.add(line);
            super.write(last, content, Callback.from(() -> taking.remove(line), callback));
        }
    }

    @Override
    public void onOpened(Connection connection) {
        EndPoint line = connection.getEndPoint();
        if (!(connection instanceof ConnectionMetaData)) {
            asking.add(line); // a socket: it is never between two requests
        }
        EndPoint tooMuch = added(line, address(line.getRemoteSocketAddress()));
        if (tooMuch != null) {
            tooMuch.close();
        }
    }

    @Override
    public void onClosed(Connection connection) {
        EndPoint line = connection.getEndPoint();
        if (line.isOpen()) {
            return; // it goes on as a socket
        }
        asking.remove(line);
        taking.remove(line);
        lock.lock();
        try {
            addresses.remove(line);
        } finally {
            lock.unlock();
        }
    }

    /** Which one is to go, if any. */
    private @Nullable EndPoint added(EndPoint line, String address) {
        lock.lock();
        try {
            addresses.put(line, address);
            boolean tooManyInAll = addresses.size() > MOST;
            if (!tooManyInAll && of(address) <= MOST_OF_ONE_ADDRESS) {
                return null;
            }
            String among = tooManyInAll ? null : address;
            return oldest(among, other -> !other.equals(line) && !asking.contains(other))
                    .or(() -> oldest(among, taking::contains))
                    .orElse(line);
        } finally {
            lock.unlock();
        }
    }

    /** Of an address; null for any. */
    private Optional<EndPoint> oldest(@Nullable String address, Predicate<EndPoint> isSuch) {
        return addresses.entrySet().stream()
                .filter(other -> address == null || other.getValue().equals(address))
                .map(Map.Entry::getKey)
                .filter(other -> other.isOpen() && isSuch.test(other))
                .findFirst();
    }

    private long of(String address) {
        return addresses.entrySet().stream()
                .filter(other -> other.getKey().isOpen() && other.getValue().equals(address))
                .count();
    }

    private static String address(SocketAddress remote) {
        return remote instanceof InetSocketAddress inet && inet.getAddress() != null
                ? inet.getAddress().getHostAddress()
                : String.valueOf(remote);
    }
}
