// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.world;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * A text file that only grows. A line is on the disk when {@link #append} returns. Many threads and many processes may append: the file's own
 * lock keeps processes apart, the other one the threads of this process. So a process needs one object for a file, not two.
 *
 * <p>A process that is killed while it writes leaves a torn last line. Nobody reads it, and the next line begins on a line of its own.
 */
final class AppendOnlyFile {
    private final Path path;
    private final ReentrantLock threads = new ReentrantLock();

    AppendOnlyFile(Path path) {
        this.path = path;
    }

    void append(String line) {
        write(channel -> Optional.empty(), line);
    }

    /** Appends a line unless there is such a one, and answers with that. Nobody appends in between. */
    Optional<String> appendUnless(Predicate<String> isSuch, String line) {
        return write(channel -> lines(read(channel)).stream().filter(isSuch).findFirst(), line);
    }

    private interface Look {
        Optional<String> at(FileChannel channel) throws IOException;
    }

    private Optional<String> write(Look look, String line) {
        OwnerOnly.createFile(path);
        threads.lock();
        try (FileChannel channel =
                FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            channel.lock(); // until the channel is closed
            Optional<String> found = look.at(channel);
            if (found.isEmpty()) {
                channel.position(channel.size());
                write(channel, (isTorn(channel) ? "\n" : "") + line + "\n");
                channel.force(true);
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot append to " + path, e);
        } finally {
            threads.unlock();
        }
    }

    /** The lines that were written to their end. */
    List<String> lines() {
        if (!Files.exists(path)) {
            return List.of();
        }
        threads.lock(); // whoever closes a file gives up its lock, on some systems, for all of the process
        try {
            return lines(Files.readAllBytes(path));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + path, e);
        } finally {
            threads.unlock();
        }
    }

    private static List<String> lines(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    }

    private static byte[] read(FileChannel channel) throws IOException {
        return Channels.newInputStream(channel.position(0)).readAllBytes();
    }

    private static boolean isTorn(FileChannel channel) throws IOException {
        if (channel.size() == 0) {
            return false;
        }
        ByteBuffer last = ByteBuffer.allocate(1);
        channel.read(last, channel.size() - 1);
        return last.get(0) != '\n';
    }

    private static void write(FileChannel channel, String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
