// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.revive.workflow.StepAttempt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutsideWorldTests {
    @TempDir
    Path directory;

    @Test
    void branchesThatActAtTheSameTimeAllLeaveTheirLine() {
        OutsideWorld world = new OutsideWorld(directory);

        IntStream.rangeClosed(1, 100).parallel().forEach(attempt -> world.happen(attempt(attempt)));

        assertThat(new OutsideWorld(directory).of("w"))
                .extracting(Happening::nonce)
                .hasSize(100)
                .doesNotHaveDuplicates();
        assertThat(world.causedHere("w")).hasSize(100);
    }

    @Test
    void aTornLineIsNotReadAndSpoilsNoLaterOne() throws IOException {
        OutsideWorld world = new OutsideWorld(directory);
        world.happen(attempt(1));
        Files.writeString(directory.resolve(OutsideWorld.FILE), "{\"nonce\":\"to", StandardOpenOption.APPEND);

        world.happen(attempt(2));

        assertThat(world.of("w")).extracting(Happening::attempt).containsExactly(1, 2);
    }

    @Test
    void underAKeyThatIsHonouredItHappensOnceWhoeverAsks() {
        OutsideWorld world = new OutsideWorld(directory);
        world.happen(attempt(0), "other");

        List<Happening> answers = IntStream.rangeClosed(1, 100)
                .parallel()
                .mapToObj(attempt -> world.happenOnce(attempt(attempt), "key"))
                .toList();

        Happening once = new OutsideWorld(directory).find("w", "key").orElseThrow();
        assertThat(world.of("w")).hasSize(2);
        assertThat(world.causedHere("w")).hasSize(2);
        assertThat(answers).hasSize(100).containsOnly(once);
        assertThat(IntStream.rangeClosed(1, 100).filter(attempt -> once.isOf(attempt(attempt))))
                .hasSize(1);
    }

    @Test
    void nothingHasHappenedWhereThereIsNoFile() {
        assertThat(new OutsideWorld(directory).of("w")).isEmpty();
    }

    private static StepAttempt attempt(int number) {
        return new StepAttempt("w", "Send", number, false, false, "key");
    }
}
