// SPDX-License-Identifier: Apache-2.0
/**
 * Database servers that a test or a benchmark starts, kills and starts again. Knows nothing of Revive.
 * Read {@link dev.revive.databases.DatabaseServer} first.
 */
@NullMarked
package dev.revive.databases;

import org.jspecify.annotations.NullMarked;
