// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import java.util.Optional;

/**
 * Decides who comes in. Asked for every request, pages and assets included, by many threads: keep it quick. If it throws, nobody comes in.
 */
@FunctionalInterface
public interface Authentication {
    /**
     * Tells who knocks.
     *
     * @param request the request
     * @return the person, or empty to refuse with 401
     */
    Optional<Visitor> visitor(ConsoleRequest request);

    /**
     * What a refused browser is asked for: the value of the header WWW-Authenticate, {@code Basic realm="Revive"} for example.
     *
     * @return empty to ask for nothing
     */
    default Optional<String> challenge() {
        return Optional.empty();
    }
}
