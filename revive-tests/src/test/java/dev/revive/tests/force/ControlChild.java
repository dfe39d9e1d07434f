// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.force;

import static org.assertj.core.api.Assertions.assertThat;

import dev.revive.tests.support.ChildJvm;
import dev.revive.tests.support.Patience;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A process in which negative controls run one after the other: see {@link ControlRun}. */
final class ControlChild implements AutoCloseable {
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final ChildJvm process;

    private ControlChild(String url, List<String> more) {
        List<String> options =
                new ArrayList<>(List.of("-XX:TieredStopAtLevel=1", "-Xmx512m", "-D" + ForceBed.URL + "=" + url));
        options.addAll(more);
        process = ChildJvm.start(ControlRun.class, options, ProcessBuilder.Redirect.DISCARD, line -> {
            if (line.startsWith("CONTROL ")) {
                lines.add(line);
            }
        });
    }

    /** One whose tests are as patient as ever. */
    static ControlChild patient(String url) {
        return new ControlChild(url, List.of());
    }

    /** One whose tests wait no longer than this for what without its rule never comes. */
    static ControlChild impatient(String url, Duration patience) {
        return new ControlChild(url, List.of("-D" + Patience.SECONDS + "=" + patience.toSeconds()));
    }

    /** What it tells of these tests. If that takes too long, it is of no more use. */
    List<String> run(String classesInFront, Duration bound, List<String> tests) {
        process.tell(ControlRun.line(classesInFront, tests));
        List<String> told = new ArrayList<>();
        long end = System.nanoTime() + bound.toNanos();
        for (String line = next(end); !ControlRun.ENDED.equals(line); line = next(end)) {
            assertThat(line).as("what it tells within " + bound).isNotNull();
            told.add(line);
        }
        return told;
    }

    private @Nullable String next(long end) {
        try {
            return lines.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException("Nobody interrupts a test.", e);
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
