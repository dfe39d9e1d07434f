// SPDX-License-Identifier: Apache-2.0
package dev.revive.call;

import dev.revive.run.Run;
import dev.revive.store.AwakeableId;
import dev.revive.store.StepKey;
import dev.revive.workflow.Awakeable;
import dev.revive.workflow.TypeRef;

/** An awakeable that a run has made. */
final class OwnAwakeable<T> implements Awakeable<T> {
    private final Run run;
    private final StepKey key;
    private final AwakeableId id;
    private final TypeRef<T> type;

    OwnAwakeable(Run run, StepKey key, AwakeableId id, TypeRef<T> type) {
        this.run = run;
        this.key = key;
        this.id = id;
        this.type = type;
    }

    /** Refuses those that this run has not made: only its own are the same in every replay. */
    static <T> OwnAwakeable<T> of(Awakeable<T> awakeable, Run run) {
        if (awakeable instanceof OwnAwakeable<T> own && own.run == run) {
            return own;
        }
        throw new IllegalStateException(
                "await(%s) was asked for in workflow %s, but another run has made this awakeable. Make it with this workflow's own context, ctx.awakeable(...), in each run; do not keep it."
                        .formatted(awakeable.name(), run.id()));
    }

    @Override
    public String id() {
        return id.text();
    }

    @Override
    public String name() {
        return key.name();
    }

    /** Of the call that made it. */
    String position() {
        return key.position();
    }

    /** What it is waited for by. */
    String subject() {
        return id.name();
    }

    TypeRef<T> type() {
        return type;
    }

    /** Without the id, which is a secret. */
    @Override
    public String toString() {
        return key.name();
    }
}
