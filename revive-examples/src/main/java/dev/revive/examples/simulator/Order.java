// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.simulator;

/**
 * What a worker is told on its standard input, and nowhere else: the URL lets in whoever knows it.
 *
 * @param worker its name
 * @param url where the tables are
 * @param tablePrefix in front of their names
 * @param directory where the outside world is
 * @param leaseMillis how long it counts as alive after each renewal
 * @param plan what to run
 */
record Order(String worker, String url, String tablePrefix, String directory, long leaseMillis, Plan plan) {}
