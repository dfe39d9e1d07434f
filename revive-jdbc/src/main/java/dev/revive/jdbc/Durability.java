// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

/** What an acknowledged write to an H2 file survives. */
public enum Durability {
    /** The end of the process and of the machine's power: every batch is forced to the disk before it is acknowledged. */
    POWER_LOSS,
    /** The end of the process, {@code kill -9} included. A power cut may lose what was acknowledged last, or more. */
    PROCESS_CRASH
}
