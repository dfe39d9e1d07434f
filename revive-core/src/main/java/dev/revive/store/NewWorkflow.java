// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import java.time.Instant;
import java.util.Objects;

/**
 * A workflow to be started.
 *
 * @param id the caller's id, 1 to 255 characters
 * @param type name and version
 * @param input the input as JSON
 * @param inputHash SHA-256 of the canonical input, in hexadecimal
 * @param createdAt the engine's stamp
 */
public record NewWorkflow(String id, WorkflowType type, String input, String inputHash, Instant createdAt) {
    /** Checks what is never null. */
    public NewWorkflow {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(input, "input");
        Objects.requireNonNull(inputHash, "inputHash");
        Objects.requireNonNull(createdAt, "createdAt");
    }
}
