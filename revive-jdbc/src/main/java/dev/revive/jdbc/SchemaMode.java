// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

/** What a store does about its tables when it opens. Tables of a newer Revive are an error in every mode that looks. */
public enum SchemaMode {
    /** Creates or migrates them. Safe when many processes start at once. */
    MIGRATE,
    /** Insists that they are there at the right version, and changes nothing. */
    VALIDATE,
    /** Does not look. */
    NONE
}
