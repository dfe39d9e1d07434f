// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.h2.store.fs.FileBaseDefault;
import org.h2.store.fs.FilePath;
import org.h2.store.fs.FilePathWrapper;
import org.jspecify.annotations.Nullable;

/** H2's file system on a disk that tests can fill and free, and that notes what is done to the file. */
public final class FaultyDisk extends FilePathWrapper {
    static final String SCHEME = "faulty";

    private static final AtomicBoolean FULL = new AtomicBoolean();
    private static final List<Change> CHANGES = Collections.synchronizedList(new ArrayList<>());
    private static final AtomicReference<CountDownLatch> HELD = new AtomicReference<>(new CountDownLatch(0));
    private static final AtomicBoolean NOTING = new AtomicBoolean();
    private static final AtomicInteger OPENED = new AtomicInteger();
    private static final AtomicReference<Runnable> WHEN_WRITTEN = new AtomicReference<>(() -> {});

    /** What was done: bytes written somewhere, or the file cut off there if there are none. */
    record Change(long position, byte @Nullable [] bytes) {}

    /** Made by H2, for each path. */
    public FaultyDisk() {}

    static void install() {
        FilePath.register(new FaultyDisk());
    }

    /** From now on every write fails, or none does. */
    static void fill(boolean full) {
        FULL.set(full);
    }

    /** Until it is opened, nothing that was written is forced to the disk. */
    static CountDownLatch hold() {
        CountDownLatch held = new CountDownLatch(1);
        HELD.set(held);
        return held;
    }

    /** Notes from now on what is done to the database file. */
    static List<Change> note(boolean noting) {
        CHANGES.clear();
        NOTING.set(noting);
        return CHANGES;
    }

    /** Does this before every write. */
    static void whenWritten(Runnable work) {
        WHEN_WRITTEN.set(work);
    }

    /** How often database files were opened. */
    static int opened() {
        return OPENED.get();
    }

    @Override
    public String getScheme() {
        return SCHEME;
    }

    @Override
    public FileChannel open(String mode) throws IOException {
        boolean isDatabase = name.endsWith(".mv.db");
        OPENED.addAndGet(isDatabase ? 1 : 0);
        return new File(super.open(mode), isDatabase);
    }

    private static final class File extends FileBaseDefault {
        private final FileChannel real;

        private final boolean isNoted;

        File(FileChannel real, boolean isNoted) {
            this.real = real;
            this.isNoted = isNoted;
        }

        private void note(long position, byte @Nullable [] bytes) {
            if (isNoted && NOTING.get()) {
                CHANGES.add(new Change(position, bytes));
            }
        }

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            return real.read(into, position);
        }

        @Override
        public int write(ByteBuffer from, long position) throws IOException {
            if (FULL.get()) {
                throw new IOException("No space left on device");
            }
            WHEN_WRITTEN.get().run();
            byte[] bytes = new byte[from.remaining()];
            from.duplicate().get(bytes);
            note(position, bytes);
            return real.write(from, position);
        }

        @Override
        public long size() throws IOException {
            return real.size();
        }

        @Override
        protected void implTruncate(long size) throws IOException {
            note(size, null);
            real.truncate(size);
        }

        @Override
        public void force(boolean metadata) throws IOException {
            try {
                HELD.get().await();
            } catch (InterruptedException e) {
                throw new IOException("The test ran out of time.", e);
            }
            real.force(metadata);
        }

        @Override
        public FileLock tryLock(long position, long size, boolean shared) throws IOException {
            return real.tryLock(position, size, shared);
        }

        @Override
        protected void implCloseChannel() throws IOException {
            real.close();
        }
    }
}
