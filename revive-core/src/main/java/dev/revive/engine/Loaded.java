// SPDX-License-Identifier: Apache-2.0
package dev.revive.engine;

import dev.revive.journal.Journal;
import dev.revive.store.Inbox;
import org.jspecify.annotations.Nullable;

/**
 * What a run of a claimed workflow begins with.
 *
 * @param journal what earlier runs recorded
 * @param inbox what has come for it and was not received; null if nothing ever came
 */
record Loaded(Journal journal, @Nullable Inbox inbox) {}
