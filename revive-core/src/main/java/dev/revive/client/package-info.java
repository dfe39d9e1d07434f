// SPDX-License-Identifier: Apache-2.0
/**
 * What needs no executor: questions to the store, decisions in it, handles, and those who wait for a workflow's end. Knows {@code store}, {@code codec}
 * and the ground. Read {@link dev.revive.client.Client} first.
 */
@NullMarked
package dev.revive.client;

import org.jspecify.annotations.NullMarked;
