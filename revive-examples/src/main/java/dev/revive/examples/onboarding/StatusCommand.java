// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.onboarding;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.revive.examples.data.DataOptions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows what is recorded and what really happened. */
@Command(name = "status", description = "Shows what Revive recorded, what really happened outside, and the log.")
final class StatusCommand implements Callable<Integer> {
    @Mixin
    private final DataOptions data = new DataOptions();

    @Option(names = "--json", description = "as one JSON object; see docs/example.md")
    private boolean isJson;

    @Override
    public Integer call() throws JsonProcessingException {
        Status status = Status.of(data);
        if (isJson) {
            System.out.println(
                    new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(status));
        } else if (status.workflows().isEmpty()) {
            System.out.println("There is no onboarding in " + data.place() + ". Start one with: onboarding run");
        } else {
            StatusText.print(status);
        }
        return 0;
    }
}
