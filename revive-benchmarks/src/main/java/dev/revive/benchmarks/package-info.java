// SPDX-License-Identifier: Apache-2.0
/**
 * Revive measured beside DBOS and beside the bare database, in one run on one server. A {@link dev.revive.benchmarks.Row} is one kind of work; a
 * {@link dev.revive.benchmarks.Contestant} does it. Read {@link dev.revive.benchmarks.Main} first.
 */
@NullMarked
package dev.revive.benchmarks;

import org.jspecify.annotations.NullMarked;
