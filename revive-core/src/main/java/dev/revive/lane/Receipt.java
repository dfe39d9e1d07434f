// SPDX-License-Identifier: Apache-2.0
package dev.revive.lane;

import dev.revive.store.Answer;

/** Told what became of an operation; called by whoever wrote it, so it must be quick. */
public interface Receipt {
    /** The operation is about to be queued. Before it is, for what has happened by then cannot be forgotten if something comes between. */
    default void queued() {}

    /** It was committed, with this answer. */
    void answered(Answer answer);

    /** It was not written, and never will be by this lane. */
    void lost(Throwable why);

    /** Whether nothing more of this writer may be written, since an earlier operation of it was refused. */
    boolean isVoid();
}
