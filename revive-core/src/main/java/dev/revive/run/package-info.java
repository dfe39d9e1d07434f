// SPDX-License-Identifier: Apache-2.0
/**
 * One run of a workflow in this process: its scopes, its waiting, what it has written, and how it is dropped. What it needs of others it names itself:
 * an owner, which has it in hand, and the tools that all runs share. Read {@link dev.revive.run.Run} first, then {@code Scope} and {@code Waiting}.
 */
@NullMarked
package dev.revive.run;

import org.jspecify.annotations.NullMarked;
