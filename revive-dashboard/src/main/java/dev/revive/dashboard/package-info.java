// SPDX-License-Identifier: Apache-2.0
/**
 * The console: a page and a JSON API over a store, on a server of its own or inside another one's. Knows the face, the store's SPI, the vocabulary
 * and the codec; not the engine. Read {@link dev.revive.dashboard.ReviveDashboard} first.
 */
@NullMarked
package dev.revive.dashboard;

import org.jspecify.annotations.NullMarked;
