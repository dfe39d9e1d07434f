// SPDX-License-Identifier: Apache-2.0
/**
 * What the console shows, as records that become JSON, and how it is read from a store. Read {@link dev.revive.dashboard.view.Views} first.
 */
@NullMarked
package dev.revive.dashboard.view;

import org.jspecify.annotations.NullMarked;
