// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.onboarding;

import dev.revive.examples.data.DataOptions;
import dev.revive.store.WorkflowFilter;
import dev.revive.store.WorkflowRecord;
import dev.revive.store.WorkflowStore;
import dev.revive.workflow.ReviveException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Goes on with what is unfinished. */
@Command(name = "resume", description = "Goes on with every onboarding that is unfinished.")
final class ResumeCommand implements Callable<Integer> {
    @Mixin
    private final DataOptions data = new DataOptions();

    @Mixin
    private final PaceOption pace = new PaceOption();

    @Override
    public Integer call() {
        if (!data.hasData()) {
            return nothing();
        }
        WorkflowStore store = data.openStore();
        List<String> unfinished = unfinished(store);
        if (unfinished.isEmpty()) {
            store.close();
            return nothing();
        }
        try (Office office = Office.open(data, store, pace.stepMillis())) {
            return finish(office, unfinished);
        }
    }

    private int nothing() {
        System.out.println("Nothing is unfinished in " + data.place() + ".");
        return 0;
    }

    private static List<String> unfinished(WorkflowStore store) {
        WorkflowFilter page = new WorkflowFilter(Set.of(), Onboarding.ONBOARDING.name(), "", "", 1_000).unfinished();
        List<String> ids = new ArrayList<>();
        for (List<WorkflowRecord> found = store.list(page); !found.isEmpty(); found = store.list(page)) {
            found.forEach(workflow -> ids.add(workflow.id()));
            page = page.after(ids.get(ids.size() - 1));
        }
        return ids;
    }

    private static int finish(Office office, List<String> ids) {
        int failures = 0;
        for (String id : ids) {
            try {
                office.finish(office.find(id));
            } catch (ReviveException e) {
                System.err.println(id + ": " + e.getMessage());
                failures++;
            }
        }
        System.out.printf("%d of %d finished.%n", ids.size() - failures, ids.size());
        return failures == 0 ? 0 : 1;
    }
}
