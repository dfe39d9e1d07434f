// SPDX-License-Identifier: Apache-2.0
package dev.revive.engine;

import dev.revive.codec.Documents;
import dev.revive.run.Attentions;
import dev.revive.run.Run;
import dev.revive.run.Scope;
import dev.revive.store.FencedException;
import dev.revive.store.Operation;
import dev.revive.store.StepDraft;
import dev.revive.store.StepKey;
import dev.revive.store.StepRecord;
import dev.revive.store.StoreException;
import dev.revive.store.StoreUnavailableException;
import dev.revive.thread.Fatal;
import dev.revive.thread.Headroom;
import dev.revive.thread.Unwind;
import dev.revive.workflow.Attention;
import dev.revive.workflow.EngineStoppedException;
import dev.revive.workflow.Failure;
import dev.revive.workflow.ParallelFailedException;
import dev.revive.workflow.ParallelOptions;
import dev.revive.workflow.Printable;
import dev.revive.workflow.RetryPolicy;
import dev.revive.workflow.Step;
import dev.revive.workflow.StepFailedException;
import dev.revive.workflow.StepOptions;
import dev.revive.workflow.TypeRef;
import dev.revive.workflow.WorkflowContext;
import java.lang.invoke.MethodHandles;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The classes that are used before a {@link Headroom} is asked for, and those that a report of trouble needs. They are initialized with the first
 * engine: a class whose first use is cut off, by an overflow of the stack or for want of memory, is lost to the whole process.
 */
final class Preloaded {
    private static final List<Class<?>> CLASSES = List.of(
            // asked for by the user's code
            WorkflowContext.class,
            Step.class,
            StepOptions.class,
            RetryPolicy.class,
            ParallelOptions.class,
            TypeRef.class,
            Scope.class,
            Headroom.class,
            ThreadLocalRandom.class,
            // how a run ends
            Unwind.class,
            Fatal.class,
            Run.Drop.class,
            Failure.class,
            Attention.class,
            Attentions.class,
            Documents.class,
            Printable.class,
            StepKey.class,
            StepRecord.class,
            StepDraft.class,
            Operation.Finish.class,
            Operation.Release.class,
            StepFailedException.class,
            ParallelFailedException.class,
            // how an engine ends
            StoreException.class,
            StoreUnavailableException.class,
            FencedException.class,
            EngineStoppedException.class);

    private Preloaded() {}

    static void load() {
        MethodHandles.Lookup lookup = MethodHandles.lookup();
        for (Class<?> each : CLASSES) {
            try {
                lookup.ensureInitialized(each);
            } catch (IllegalAccessException e) {
                throw new IllegalStateException("This class is visible from here.", e);
            }
        }
    }
}
