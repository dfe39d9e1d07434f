// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import dev.revive.thread.BareThreads;
import io.javalin.Javalin;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.EagerContentHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** A console that runs. */
public final class DashboardServer implements AutoCloseable {
    private static final int THREADS = 2 * Reader.MOST_OF_ONE;

    /** Of a line on which nothing happens. A page that listens hears a beat more often. */
    static final Duration IDLE = Duration.ofSeconds(15);

    /** For a body, and for each piece of an answer beside the time that its length is given. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final int SESSION_SECONDS = 60;

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
                config.jetty.modifyHttpConfiguration(http -> {
                    http.setSendServerVersion(false);
                    http.setHttpCompliance(HttpCompliance.STRICT);
                });
                config.jetty.modifyServer(DashboardServer::guard);
                config.jetty.modifyServletContextHandler(context -> {
                    context.setErrorHandler(new ErrorPages());
                    context.getSessionHandler()
                            .setMaxInactiveInterval(SESSION_SECONDS); // of sockets; the console has none
                });
                config.jetty.addConnector((jetty, http) -> connector(jetty, http, settings.host(), port));
            });
            return new DashboardServer(settings, console, server.start());
        } catch (RuntimeException e) {
            console.close();
            throw e;
        }
    }

    /** What is slow, silent or not HTTP holds no thread, and is let go soon. */
    private static void guard(Server server) {
        Connections connections = new Connections();
        Pace pace = new Pace(PATIENCE);
        EagerContentHandler bodies = new EagerContentHandler(new Bodies());
        server.setHandler(pace);
        pace.setHandler(bodies);
        bodies.setHandler(connections);
        server.setErrorHandler(new ErrorPages());
        server.addBean(connections);
    }

    private static ServerConnector connector(Server server, HttpConfiguration http, String host, int port) {
        ServerConnector connector = new ServerConnector(server, new HttpConnectionFactory(http));
        connector.setHost(host);
        connector.setPort(port);
        connector.setIdleTimeout(IDLE.toMillis());
        connector.addBean(server.getBean(Connections.class));
        return connector;
    }

    /** Daemons: a console does not keep its host's process alive. */
    private static QueuedThreadPool threads() {
        ThreadFactory factory = BareThreads.numbered("revive-dashboard-");
        QueuedThreadPool threads = new QueuedThreadPool(THREADS, 2) {
            @Override
            public Thread newThread(Runnable task) {
                return factory.newThread(task);
            }
        };
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
