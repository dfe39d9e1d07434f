// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.data;

import dev.revive.examples.world.ExecutionLog;
import dev.revive.examples.world.OutsideWorld;
import dev.revive.examples.world.OwnerOnly;
import dev.revive.jdbc.JdbcStore;
import dev.revive.store.WorkflowStore;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where an example keeps its data. Belongs to the thread that runs the command. */
public final class DataOptions {
    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "the directory of the database and of the example's own files (default: ${DEFAULT-VALUE})")
    private Path directory = Path.of("revive-data");

    @Option(
            names = "--url",
            paramLabel = "JDBC",
            defaultValue = "${env:REVIVE_URL}",
            description =
                    "keep Revive's tables in this database instead; the example's own files stay in --data. The environment variable REVIVE_URL says the same, and does not show in the list of processes")
    private @Nullable String url;

    private @Nullable OutsideWorld world;
    private @Nullable ExecutionLog log;

    /**
     * The options as if the user had named this directory.
     *
     * @param directory may not exist yet
     * @return the options
     */
    public static DataOptions in(Path directory) {
        DataOptions options = new DataOptions();
        options.directory = directory;
        return options;
    }

    /**
     * Whether the tables are in a database of the user's.
     *
     * @return true if --url was given
     */
    public boolean isElsewhere() {
        return url != null;
    }

    /**
     * The directory, which may not exist yet.
     *
     * @return --data
     */
    public Path directory() {
        return directory;
    }

    /**
     * Names the place for people.
     *
     * @return the directory, or the URL without what may be secret in it
     */
    public String place() {
        return url == null ? directory.toString() : ConnectionPool.withoutSecrets(url);
    }

    /**
     * Whether there may be anything in it.
     *
     * @return false if no example ever ran here
     */
    public boolean hasData() {
        return isElsewhere() || Files.exists(new DataDirectory(directory).database());
    }

    /**
     * Opens the store. The pool behind a --url lives as long as this process does, since a store leaves open what it was given.
     *
     * @return the store; whoever opens it closes it
     */
    public WorkflowStore openStore() {
        createDirectory();
        return url == null ? JdbcStore.embedded(directory) : JdbcStore.over(ConnectionPool.open(url));
    }

    /**
     * What really happened.
     *
     * @return the one object of this process for the file in the directory
     */
    public OutsideWorld world() {
        OutsideWorld opened = world == null ? new OutsideWorld(directory) : world;
        world = opened;
        return opened;
    }

    /**
     * What the processes did.
     *
     * @return the one object of this process for the file in the directory
     */
    public ExecutionLog log() {
        ExecutionLog opened = log == null ? new ExecutionLog(directory) : log;
        log = opened;
        return opened;
    }

    /** Makes the directory, with those above it. */
    public void createDirectory() {
        OwnerOnly.createDirectory(directory);
    }
}
