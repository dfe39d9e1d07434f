// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.h2.jdbcx.JdbcDataSource;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.RandomAccessStore;

/**
 * An H2 file from its opening until it is closed, by us or by H2 itself: after a write that fails, and after an interrupt in its file channel, H2
 * closes it for all connections. A connection of its own keeps it open.
 *
 * <p>It also keeps the file small. H2 writes each commit as a chunk of a few pages, most of which the next commits replace. With
 * {@code WRITE_DELAY=0} H2 has no thread in the background, and nobody else has sparse chunks replaced and gives free what is dead. We do, on the
 * thread that has just committed, whenever the chunks have grown by some megabytes.
 *
 * <p>What is dead is given free then and at no other time: H2's retention is for ever in between. Once H2 has reused a chunk that was a link between
 * the file's header and the newest chunk, it writes the header only after the next chunk; a process that is killed between the two would lose what
 * came after the missing link. {@code compactMoveChunks} writes the header, and forces it to the disk, before anything is written where a dead chunk
 * was.
 */
final class OpenFile {
    /** How much the chunks of a small file grow before it is compacted; those of a large one, by a third. */
    static final long GROWTH = 4L << 20;

    /** What fills the file is counted after so many commits. */
    private static final int COMMITS_BETWEEN_LOOKS = 16;

    private static final int SPARSE_BELOW_PERCENT = 80;
    private static final int MOST_TO_REWRITE = 16 << 20;

    /** Not much: what has been given free is filled again anyway. */
    private static final int TO_MOVE = 1 << 20;

    /** A second's work or two; whoever closes a store waits for it. */
    private static final long QUICKLY_MADE_SMALL = 64L << 20;

    private static final int HOWEVER_FULL = 101;
    private static final int FOR_EVER = Integer.MAX_VALUE;

    private final Connection anchor;
    private final org.h2.engine.Database database;
    private final MVStore store;
    private final RandomAccessStore file;
    private long nextLook;
    private long growth;
    private long limit;

    private OpenFile(Connection anchor) throws SQLException {
        this.anchor = anchor;
        this.database = ((SessionLocal) anchor.unwrap(JdbcConnection.class).getSession()).getDatabase();
        this.store = database.getStore().getMvStore();
        this.file = (RandomAccessStore) store.getFileStore();
    }

    /** Opens it anew, whatever H2 still believes to have open under this name. */
    static OpenFile open(String url) throws SQLException {
        JdbcDataSource source = new JdbcDataSource();
        source.setURL(url + ";OPEN_NEW=TRUE");
        Connection anchor = source.getConnection();
        try {
            OpenFile opened = new OpenFile(anchor);
            opened.execute("SET WRITE_DELAY 0"); // it is kept in the file; the URL should have changed it
            opened.store.setRetentionTime(FOR_EVER);
            opened.expectGrowth();
            return opened;
        } catch (SQLException | RuntimeException e) {
            anchor.close();
            throw e;
        }
    }

    /** Whether H2 has closed it. */
    boolean isGone() {
        return database.isClosing() || store.isClosed() || store.getPanicException() != null;
    }

    /** Why H2 has closed it, as far as it says. */
    String reason() {
        Throwable reason = store.getPanicException();
        return reason == null ? "it does not say why" : reason.toString();
    }

    /** After a commit, on the thread that writes. */
    void compactIfGrown() throws SQLException {
        if (store.getCurrentVersion() >= nextLook) {
            nextLook = store.getCurrentVersion() + COMMITS_BETWEEN_LOOKS;
            if (used() >= limit) {
                compact();
                expectGrowth();
            }
        }
    }

    /** Sparse chunks are read, and their live pages written with the next commit; then the dead ones are given free. */
    private void compact() throws SQLException {
        givingDeadFree(() -> store.compact(SPARSE_BELOW_PERCENT, (int) Math.min(growth / 4, MOST_TO_REWRITE)));
        execute("CHECKPOINT SYNC");
        givingDeadFree(() -> file.compactMoveChunks(HOWEVER_FULL, TO_MOVE, store));
    }

    private void expectGrowth() {
        long used = used();
        growth = Math.max(GROWTH, used / 3);
        limit = used + growth;
    }

    /** The bytes of all chunks, dead ones included. */
    private long used() {
        return file.size() * file.getFillRate() / 100;
    }

    private void givingDeadFree(Runnable work) {
        store.setRetentionTime(0);
        try {
            work.run();
        } finally {
            store.setRetentionTime(FOR_EVER);
        }
    }

    /** Makes it as small as can be, unless that would take long, and closes it. */
    void close() throws SQLException {
        execute(file.size() <= QUICKLY_MADE_SMALL ? "SHUTDOWN COMPACT" : "SHUTDOWN");
    }

    /**
     * Closes it for all its connections as a killed process would. The anchor goes last: a database whose last connection is closed before it is shut
     * down is closed by that, and when that is done H2 forgets whatever was opened under its name meanwhile.
     */
    void abandon() {
        database.shutdownImmediately();
        try {
            anchor.close();
        } catch (SQLException e) {
            // It has nothing to say any more.
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = anchor.createStatement()) {
            statement.execute(sql);
        }
    }
}
