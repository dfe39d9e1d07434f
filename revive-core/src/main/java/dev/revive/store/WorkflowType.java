// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import java.util.Objects;

/**
 * What code a workflow needs.
 *
 * @param name the workflow's name
 * @param version its version
 */
public record WorkflowType(String name, int version) {
    /** Checks the name. */
    public WorkflowType {
        Objects.requireNonNull(name, "name");
    }

    @Override
    public String toString() {
        return version == 1 ? name : name + " v" + version;
    }
}
