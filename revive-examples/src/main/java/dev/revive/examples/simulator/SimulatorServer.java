// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.simulator;

import dev.revive.dashboard.DashboardServer;
import dev.revive.dashboard.ReviveDashboard;
import dev.revive.examples.world.OwnerOnly;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The page's process: the simulator, its page, and the console over the same tables. All of it lies below a random path: whoever started the simulator
 * has it, other accounts of the machine do not, though they reach the port. A cookie would be sent to every port of this machine.
 */
public final class SimulatorServer implements AutoCloseable {
    private static final String WEB = "dev/revive/examples/simulator/web";
    private static final String DOOR = """
            <!DOCTYPE html>
            <meta charset="utf-8">
            <meta name="referrer" content="no-referrer">
            <meta http-equiv="refresh" content="0; url=%1$s">
            <a href="%1$s">The simulator</a>
            """;

    private final Simulator simulator;
    private final Live live;
    private final DashboardServer server;
    private final Path directory;

    private SimulatorServer(Path directory, Simulator simulator, Live live, DashboardServer server) {
        this.directory = directory;
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
        String path = "/" + Tables.key();
        SimulatorRoutes routes = new SimulatorRoutes(path, simulator, live);
        try {
            DashboardServer server = ReviveDashboard.over(tables.store())
                    .basePath(path)
                    .page("/simulator", SimulatorServer.class, WEB, "simulator.html")
                    .extend(routes::addTo)
                    .start(port);
            return new SimulatorServer(directory, simulator, live, server);
        } catch (RuntimeException e) {
            simulator.close();
            throw e;
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

    /**
     * A file that leads a browser to the simulator's page. A browser is told in its command line what to open, which other accounts of the machine
     * can read; they cannot read the file.
     *
     * @return the file; it is gone when this process has ended
     * @throws IOException if it cannot be written
     */
    public Path door() throws IOException {
        Path door = Files.createTempFile(directory, "simulator", ".html"); // the owner's only
        door.toFile().deleteOnExit();
        return Files.writeString(door, DOOR.formatted(uri()));
    }

    /** Ends the workers and the server; what is recorded stays. */
    @Override
    public void close() {
        live.close();
        server.close();
        simulator.close();
    }
}
