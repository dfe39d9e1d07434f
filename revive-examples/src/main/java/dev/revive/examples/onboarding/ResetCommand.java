// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.onboarding;

import dev.revive.examples.data.DataDirectory;
import dev.revive.examples.data.DataOptions;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Deletes what the examples left behind, and nothing else. */
@Command(name = "reset", description = "Deletes the examples' files; refuses a directory that holds anything else.")
final class ResetCommand implements Callable<Integer> {
    @Mixin
    private final DataOptions data = new DataOptions();

    @Override
    public Integer call() throws IOException {
        if (data.isElsewhere()) {
            throw new IllegalArgumentException(
                    "reset does not touch a database of yours (--url)."
                            + " Drop Revive's tables there yourself: revive_workflow, revive_step and the others that begin with revive_.");
        }
        DataDirectory directory = new DataDirectory(data.directory());
        List<String> foreign = directory.foreign();
        if (!foreign.isEmpty()) {
            System.err.printf(
                    "Nothing was deleted: %s also holds what is not the examples': %s.%n",
                    directory.path(), String.join(", ", foreign));
            return 1;
        }
        requireUnused();
        List<String> deleted = directory.deleteOurs();
        System.out.println(
                deleted.isEmpty()
                        ? "There is nothing in " + directory.path() + "."
                        : "Deleted in " + directory.path() + ": " + String.join(", ", deleted));
        return 0;
    }

    /** Whoever else runs on this database holds its lock, and opening it says so. */
    private void requireUnused() {
        if (data.hasData()) {
            data.openStore().close();
        }
    }
}
