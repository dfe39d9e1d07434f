// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The loop of emails, crashed in JVMs of its own. */
class EmailsTests {
    @TempDir
    Path directory;

    @Test
    void resumeSkipsEveryPassThatIsRecordedAndRepeatsTheOneThatIsNot() {
        crash("--count", "10", "--halt-after", "4");

        Command resume = emails("resume");

        assertThat(resume.exitCode()).isZero();
        assertThat(resume.out())
                .contains("7 of 10 emails were sent by this process, 3 were recorded before and skipped.")
                .contains("Outside, 11 emails were sent in all; 1 were zombies and sent again.");
        assertThat(emails("resume").out()).contains("Nothing is unfinished");
    }

    @Test
    void runningTheSameIdAgainGoesOnToo() {
        crash("--count", "5", "--halt-after", "5");

        Command again = emails("run", "--count", "5");

        assertThat(again.exitCode()).isZero();
        assertThat(again.out()).contains("1 of 5 emails were sent by this process, 4 were recorded before");
    }

    @Test
    void aNegativeCountIsRefused() {
        Command run = emails("run", "--count", "-1");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("--count must be 0 to 10,000");
    }

    private void crash(String... options) {
        Command crash = Command.inItsOwnJvm(commandLine("run", options));
        assertThat(crash.exitCode()).as(crash.toString()).isEqualTo(137);
    }

    private Command emails(String command, String... options) {
        return Command.here(commandLine(command, options));
    }

    private String[] commandLine(String command, String... options) {
        Stream<String> words = Stream.of("emails", command, "--data", directory.toString());
        return Stream.concat(words, Stream.of(options)).toArray(String[]::new);
    }
}
