// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who was let in.
 *
 * @param user a name for the log, or null
 * @param roles what the person may do; without {@link Role#VIEW} nothing
 */
public record Visitor(@Nullable String user, Set<Role> roles) {
    /** Copies the roles. */
    public Visitor {
        roles = Set.copyOf(Objects.requireNonNull(roles, "roles"));
    }

    /**
     * Somebody with these roles.
     *
     * @param user a name for the log
     * @param roles what the person may do
     * @return the visitor
     */
    public static Visitor of(String user, Role... roles) {
        return new Visitor(user, Set.of(roles));
    }

    boolean has(Role role) {
        return roles.contains(role);
    }
}
