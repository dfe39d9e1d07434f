// SPDX-License-Identifier: Apache-2.0
/**
 * Several processes share a database while everything around them fails: they are killed and frozen, the database is killed, the network resets and
 * swallows. May use every module. Read {@link dev.revive.tests.faults.FaultTests} first, then {@link dev.revive.tests.faults.Faults}, and
 * {@link dev.revive.tests.faults.Audit} and {@link dev.revive.tests.faults.MailAudit} for what must hold.
 */
@NullMarked
package dev.revive.tests.faults;

import org.jspecify.annotations.NullMarked;
