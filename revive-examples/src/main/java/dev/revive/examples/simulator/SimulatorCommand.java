// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.simulator;

import java.awt.Desktop;
import java.awt.GraphicsEnvironment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Opens the simulator, and the console beside it. */
@Command(
        name = "simulator",
        description = "Opens a page on which you run the onboarding, kill its process, and see what is left.")
public final class SimulatorCommand implements Callable<Integer> {
    @Option(names = "--port", paramLabel = "N", description = "the page's port (default: ${DEFAULT-VALUE}; 0 for any)")
    private int port = 8080;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "the directory of the database and of the simulator's own files (default: ${DEFAULT-VALUE})")
    private Path directory = Path.of("revive-simulator");

    @Option(
            names = "--url",
            paramLabel = "JDBC",
            defaultValue = "${env:REVIVE_URL}",
            description =
                    "keep the tables in this database instead, named revive_simulator_... The environment variable REVIVE_URL says the same, and does not show in the list of processes")
    private @Nullable String url;

    @Option(names = "--no-open", description = "do not open a browser")
    private boolean isSilent;

    @Override
    public Integer call() throws InterruptedException {
        SimulatorServer server = SimulatorServer.start(directory, url, port);
        Runtime.getRuntime().addShutdownHook(new Thread(server::close, "simulator-end"));
        System.out.println("The simulator is at " + server.uri() + " (Ctrl+C ends it)");
        System.out.println("The console is at " + server.consoleUri());
        if (!isSilent) {
            open(server);
        }
        new CountDownLatch(1).await();
        return 0;
    }

    private static void open(SimulatorServer server) {
        try {
            if (!GraphicsEnvironment.isHeadless() && Desktop.isDesktopSupported()) {
                Desktop.getDesktop().browse(server.door().toUri());
            }
        } catch (IOException | UnsupportedOperationException | LinkageError e) {
            // There is no browser to be had; the address is printed.
        }
    }
}
