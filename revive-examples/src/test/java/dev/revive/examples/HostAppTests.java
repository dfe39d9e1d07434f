// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The application with a database of its own, crashed in JVMs of its own. */
class HostAppTests {
    @TempDir
    Path directory;

    @ParameterizedTest(name = "at {0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "before-effect | {alice=100, bob=0}, payments 0",
                "after-effect  | {alice=100, bob=0}, payments 0",
                "after-outcome | {alice=70, bob=30}, payments 1"
            })
    void moneyMovesExactlyOnceWhereverTheJvmHalts(String point, String afterTheCrash) {
        Command crash = Command.inItsOwnJvm(commandLine("--crash-at", point));
        assertThat(crash.exitCode()).as(crash.toString()).isEqualTo(137);

        Command again = hostApp();

        assertThat(again.exitCode()).isZero();
        assertThat(again.out())
                .contains("before: balances " + afterTheCrash)
                .contains("after : balances {alice=70, bob=30}, payments 1");
    }

    @Test
    void anotherIdIsAnotherPaymentAndTheSameIdIsNot() {
        hostApp();
        hostApp("--id", "payment-2");

        Command again = hostApp("--id", "payment-2");

        assertThat(again.out()).contains("after : balances {alice=40, bob=60}, payments 2");
    }

    private Command hostApp(String... options) {
        return Command.here(commandLine(options));
    }

    private String[] commandLine(String... options) {
        Stream<String> words = Stream.of("host-app", "--data", directory.toString());
        return Stream.concat(words, Stream.of(options)).toArray(String[]::new);
    }
}
