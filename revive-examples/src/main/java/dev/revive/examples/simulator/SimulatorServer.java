// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.simulator;

import dev.revive.dashboard.DashboardServer;
import dev.revive.dashboard.ReviveDashboard;
import dev.revive.examples.world.OwnerOnly;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The page's process: the simulator, its page, and the console over the same tables. */
public final class SimulatorServer implements AutoCloseable {
    private static final String WEB = "dev/revive/examples/simulator/web";

    private final Simulator simulator;
    private final Live live;
    private final DashboardServer server;
    private final DoorKey key;

    private SimulatorServer(Simulator simulator, Live live, DashboardServer server, DoorKey key) {
        this.key = key;
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
        OwnerOnly.createDirectory(directory);
        Tables tables = url == null ? Tables.in(directory) : Tables.at(url);
        Simulator simulator = new Simulator(tables, directory, Simulator.LEASE);
        Live live = new Live(simulator::state);
        DoorKey key = new DoorKey();
        SimulatorRoutes routes = new SimulatorRoutes(simulator, live);
        try {
            DashboardServer server = ReviveDashboard.over(tables.store())
                    .authentication(key)
                    .extend(key::addTo)
                    .page("/simulator", SimulatorServer.class, WEB, "simulator.html")
                    .extend(routes::addTo)
                    .start(port);
            return new SimulatorServer(simulator, live, server, key);
        } catch (RuntimeException e) {
            simulator.close();
            throw e;
        }
    }

    /**
     * The simulator's page.
     *
     * @return its address on this machine, with the key that lets a browser in
     */
    public URI uri() {
        return server.uri().resolve("simulator" + key.inAddress());
    }

    /**
     * The console's page.
     *
     * @return its address on this machine
     */
    public URI consoleUri() {
        return server.uri().resolve(key.inAddress());
    }

    /**
     * What a program sends with each request instead of the key in the address.
     *
     * @return the value of the header Cookie
     */
    public String cookie() {
        return key.cookie();
    }

    /** Ends the workers and the server; what is recorded stays. */
    @Override
    public void close() {
        live.close();
        server.close();
        simulator.close();
    }
}
