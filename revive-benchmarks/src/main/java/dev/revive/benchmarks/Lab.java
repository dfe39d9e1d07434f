// SPDX-License-Identifier: Apache-2.0
package dev.revive.benchmarks;

import dev.revive.databases.PostgresServer;
import java.io.PrintStream;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The one server of a run, and what all rows share. Used by one thread. */
final class Lab implements AutoCloseable {
    /** What is done with a database that is there for nothing else. */
    interface Trial<T> {
        T in(Database database) throws Exception;
    }

    private static final String DATABASE = "trial";

    private final PostgresServer server;
    private final Scale scale;
    private final PrintStream out;
    private final List<String> notes = new ArrayList<>();
    private @Nullable Contestant dbos;

    Lab(Scale scale, PrintStream out) {
        this.scale = scale;
        this.out = out;
        this.server = PostgresServer.start();
    }

    Scale scale() {
        return scale;
    }

    Contestant revive() {
        return new ReviveContestant();
    }

    /** DBOS with the pool that was the better for it. */
    Contestant dbos() throws Exception {
        if (dbos == null) {
            dbos = BetterDbos.find(this);
        }
        return dbos;
    }

    /** Does it with an empty database, after the server and this JVM have put away what was before. */
    <T> T trial(Trial<T> trial) throws Exception {
        Database database = new Database(server.create(DATABASE));
        database.run("CHECKPOINT");
        System.gc();
        return trial.in(database);
    }

    /** The server's own settings, asked of it. */
    Machine machine() {
        return Machine.of(server);
    }

    /** Who ran how, of those that ran. */
    Map<String, String> configurations() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put(revive().name(), revive().configuration());
        if (dbos != null) {
            all.put(dbos.name(), dbos.configuration());
        }
        return all;
    }

    /** Says something that belongs into the report. */
    void note(String format, Object... values) {
        String note = String.format(Locale.ROOT, format, values);
        notes.add(note);
        out.println("  " + note);
    }

    void say(String format, Object... values) {
        out.printf(Locale.ROOT, "  " + format + "%n", values);
    }

    List<String> notes() {
        return List.copyOf(notes);
    }

    @Override
    public void close() throws SQLException {
        server.close();
    }
}
