// SPDX-License-Identifier: Apache-2.0
/**
 * Durable execution, embedded: workflows, the engine that runs and revives them, and the store and codec they rest on.
 *
 * <p>Start reading at {@code dev.revive.Revive}. What runs workflows is not exported.
 */
@SuppressWarnings("module") // the console is a module by its name only, and is built after this
module dev.revive.core {
    exports dev.revive;
    exports dev.revive.codec;
    exports dev.revive.crash;
    exports dev.revive.store;
    exports dev.revive.thread to
            dev.revive.dashboard,
            dev.revive.jdbc;
    exports dev.revive.workflow;

    requires transitive com.fasterxml.jackson.databind;
    requires transitive java.sql;
    requires transitive org.slf4j;
    requires static transitive org.jspecify;
    requires com.fasterxml.jackson.datatype.jsr310;
}
