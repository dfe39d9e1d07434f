// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The loop of emails, in JVMs of its own. */
class EmailsTests {
    @TempDir
    Path directory;

    @Test
    void resumeSkipsEveryPassThatIsRecordedAndRepeatsTheOneThatIsNot() {
        assertThat(emails("run", "--count", "10", "--halt-after", "4").exitCode())
                .isEqualTo(137);

        Command resume = emails("resume");

        assertThat(resume.exitCode()).isZero();
        assertThat(resume.out())
                .contains("7 of 10 emails were sent by this process, 3 were recorded before and skipped.")
                .contains("Outside, 11 emails were sent in all; 1 were zombies and sent again.");
        assertThat(emails("resume").out()).contains("Nothing is unfinished");
    }

    @Test
    void runningTheSameIdAgainGoesOnToo() {
        emails("run", "--count", "5", "--halt-after", "5");

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

    private Command emails(String command, String... options) {
        String[] all = new String[options.length + 2];
        all[0] = "emails";
        all[1] = command;
        System.arraycopy(options, 0, all, 2, options.length);
        return Command.run(directory, all);
    }
}
