// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.simulator;

import dev.revive.dashboard.DashboardServer;
import dev.revive.dashboard.ReviveDashboard;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The page's process: the simulator, its page, and the console over the same tables. */
public final class SimulatorServer implements AutoCloseable {
    private static final String WEB = "dev/revive/examples/simulator/web";

    private final Simulator simulator;
    private final Live live;
    private final DashboardServer server;

    private SimulatorServer(Simulator simulator, Live live, DashboardServer server) {
        this.simulator = simulator;
        this.live = live;
        this.server = server;
    }

    /**
     * Starts it.
     *
     * @param directory where the simulator's files are, made if it is missing
     * @param url where the tables are; null for an H2 file in the directory
     * @param port the page's port; 0 for any
     * @return the server; close it
     */
    public static SimulatorServer start(Path directory, @Nullable String url, int port) {
        create(directory);
        Tables tables = url == null ? Tables.in(directory) : Tables.at(url);
        Simulator simulator = new Simulator(tables, directory, Simulator.LEASE);
        Live live = new Live(simulator::state);
        SimulatorRoutes routes = new SimulatorRoutes(simulator, live);
        try {
            DashboardServer server = ReviveDashboard.over(tables.store())
                    .page("/simulator", SimulatorServer.class, WEB, "simulator.html")
                    .extend(routes::addTo)
                    .start(port);
            return new SimulatorServer(simulator, live, server);
        } catch (RuntimeException e) {
            simulator.close();
            throw e;
        }
    }

    private static void create(Path directory) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot create the directory " + directory, e);
        }
    }

    /**
     * The simulator's page.
     *
     * @return its address on this machine
     */
    public URI uri() {
        return server.uri().resolve("simulator");
    }

    /**
     * The console's page.
     *
     * @return its address on this machine
     */
    public URI consoleUri() {
        return server.uri();
    }

    /** Ends the workers and the server; what is recorded stays. */
    @Override
    public void close() {
        live.close();
        server.close();
        simulator.close();
    }
}
