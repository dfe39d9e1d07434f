// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

/** What somebody may do in the console. */
public enum Role {
    /** See workflows, steps and executors, without what is in them. */
    VIEW,
    /** See inputs, outputs and messages too. */
    VIEW_PAYLOADS,
    /** Resume, retry, wake and decide. */
    OPERATE
}
