// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import io.javalin.Javalin;
import java.net.URI;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** A console that runs. */
public final class DashboardServer implements AutoCloseable {
    private static final int THREADS = 32;

    private final Settings settings;
    private final Console console;
    private final Javalin server;

    private DashboardServer(Settings settings, Console console, Javalin server) {
        this.settings = settings;
        this.console = console;
        this.server = server;
    }

    static DashboardServer start(Settings settings, int port) {
        Console console = new Console(settings);
        try {
            Javalin server = Javalin.create(config -> {
                console.configure(config);
                config.jetty.threadPool = threads();
                config.jetty.modifyHttpConfiguration(http -> http.setSendServerVersion(false));
            });
            return new DashboardServer(settings, console, server.start(settings.host(), port));
        } catch (RuntimeException e) {
            console.close();
            throw e;
        }
    }

    /** Daemons: a console does not keep its host's process alive. */
    private static QueuedThreadPool threads() {
        QueuedThreadPool threads = new QueuedThreadPool(THREADS, 2);
        threads.setName("revive-dashboard");
        threads.setDaemon(true);
        return threads;
    }

    /**
     * The port it listens on.
     *
     * @return a free one if 0 was asked for
     */
    public int port() {
        return server.port();
    }

    /**
     * Where a browser on this machine finds it.
     *
     * @return for example {@code http://127.0.0.1:8080/}
     */
    public URI uri() {
        String host = settings.host();
        String name = host.equals("0.0.0.0") || host.equals("::")
                ? "127.0.0.1"
                : host.contains(":") ? "[" + host + "]" : host;
        return URI.create("http://%s:%d%s/".formatted(name, port(), settings.basePath()));
    }

    /** Stops. The store stays open. Safe to call twice. */
    @Override
    public void close() {
        console.close();
        server.stop();
    }
}
