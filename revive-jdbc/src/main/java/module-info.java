// SPDX-License-Identifier: Apache-2.0
/** The store on a relational database. */
module dev.revive.jdbc {
    exports dev.revive.jdbc;

    requires transitive dev.revive.core;
    requires com.h2database;
    requires com.zaxxer.hikari;
    requires static org.postgresql.jdbc;
}
