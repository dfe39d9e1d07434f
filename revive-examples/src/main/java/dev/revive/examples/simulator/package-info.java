// SPDX-License-Identifier: Apache-2.0
/**
 * The simulator: a page on which a person runs the onboarding in JVMs of its own, kills and freezes them, and sees what is recorded and what
 * really happened. Two kinds of processes: the page's, which serves the tables and outlives the others, and the workers, which run the engine.
 * Knows {@code onboarding}, {@code data} and {@code world}.
 * Read {@link dev.revive.examples.simulator.Simulator} for what a person can do, {@link dev.revive.examples.simulator.WorkerCommand} for a worker.
 */
@NullMarked
package dev.revive.examples.simulator;

import org.jspecify.annotations.NullMarked;
