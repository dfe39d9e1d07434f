// SPDX-License-Identifier: Apache-2.0
package dev.revive.databases;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** PgBouncer before a PostgreSQL, on a free port. It is not in the build but of the system: Debian's package {@code pgbouncer}. */
public final class PgBouncer implements AutoCloseable {
    /** To whom a session of the server belongs. */
    public enum Mode {
        /** To a client as long as it is connected. */
        SESSION,
        /** To a client for one transaction. */
        TRANSACTION
    }

    private static final List<String> PLACES =
            List.of("/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/usr/local/bin/pgbouncer");
    private static final int TRIES = 600;

    private final Path directory;
    private final Process process;
    private final int port;

    private PgBouncer(Path directory, Process process, int port) {
        this.directory = directory;
        this.process = process;
        this.port = port;
    }

    /**
     * Whether there is one on this machine.
     *
     * @return false where tests of it have to be skipped
     */
    public static boolean isInstalled() {
        return PLACES.stream().anyMatch(place -> Files.isExecutable(Path.of(place)));
    }

    /**
     * Starts one.
     *
     * @param server a PostgreSQL
     * @param mode to whom a session of the server belongs
     * @param sessions how many sessions of the server it opens at most, for each database
     * @return the pooler
     */
    public static PgBouncer start(DatabaseServer server, Mode mode, int sessions) {
        try {
            Path directory = Files.createTempDirectory(
                    "revive-pgbouncer",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
            int port = freePort();
            Path settings = directory.resolve("pgbouncer.ini");
            Files.writeString(
                    settings, """
                    [databases]
                    * = host=127.0.0.1 port=%d user=postgres
                    [pgbouncer]
                    listen_addr = 127.0.0.1
                    listen_port = %d
                    unix_socket_dir =
                    auth_type = any
                    pool_mode = %s
                    default_pool_size = %d
                    max_client_conn = 500
                    ignore_startup_parameters = extra_float_digits
                    """.formatted(server.port(), port, mode.name().toLowerCase(Locale.ROOT), sessions));
            Process process = new ProcessBuilder(command(settings))
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("log").toFile())
                    .start();
            PgBouncer started = new PgBouncer(directory, process, port);
            started.awaitAnswer();
            return started;
        } catch (IOException e) {
            throw new IllegalStateException("Cannot start PgBouncer", e);
        }
    }

    /** It refuses to run as root. */
    private static List<String> command(Path settings) {
        List<String> command = new ArrayList<>();
        command.add(PLACES.stream()
                .filter(place -> Files.isExecutable(Path.of(place)))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("PgBouncer is not installed")));
        if ("root".equals(System.getProperty("user.name"))) {
            command.addAll(List.of("-u", "nobody"));
        }
        command.add(settings.toString());
        return command;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void awaitAnswer() throws IOException {
        for (int tries = 1; ; tries++) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
                return;
            } catch (IOException e) {
                if (tries == TRIES || !process.isAlive()) {
                    String said = Files.readString(directory.resolve("log"));
                    close();
                    throw new IllegalStateException("PgBouncer does not answer: " + said, e);
                }
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while PgBouncer was starting", e);
        }
    }

    /**
     * A data source without a pool, through PgBouncer. It prepares no statements on the server, where they would not be found again.
     *
     * @param database of the server
     * @return opens a connection each time
     */
    public DataSource dataSource(String database) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl("jdbc:postgresql://localhost:%d/%s?user=postgres&prepareThreshold=0".formatted(port, database));
        return source;
    }

    /** Ends it. */
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            Processes.delete(directory);
        }
    }
}
