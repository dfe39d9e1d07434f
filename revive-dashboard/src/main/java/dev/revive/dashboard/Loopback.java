// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The authentication where none is given: this machine may do everything, everybody else nothing. What came through a proxy came from somewhere else,
 * though the proxy be on this machine.
 *
 * @param isChosen whether the host asked for it by its name
 */
record Loopback(boolean isChosen) implements Authentication {
    private static final Visitor THIS_MACHINE = new Visitor(null, Set.of(Role.values()));

    private static final Set<String> FORWARDING = Set.of(
            "forwarded",
            "via",
            "client-ip",
            "true-client-ip",
            "cf-connecting-ip",
            "fastly-client-ip",
            "x-client-ip",
            "x-cluster-client-ip",
            "x-envoy-external-address",
            "x-proxyuser-ip",
            "x-real-ip");

    @Override
    public Optional<Visitor> visitor(ConsoleRequest request) {
        if (!isLoopback(request.remoteAddress())) {
            return Optional.empty();
        }
        if (request.headerNames().anyMatch(Loopback::isForwarding)) {
            throw new RefusedException(
                    401,
                    "Who are you?",
                    "This request came through a proxy, and without an authentication the console is open to this machine only: see ReviveDashboard.authentication.");
        }
        return Optional.of(THIS_MACHINE);
    }

    private static boolean isForwarding(String header) {
        String name = header.toLowerCase(Locale.ROOT);
        return FORWARDING.contains(name) || name.startsWith("x-forwarded") || name.startsWith("x-original-");
    }

    /** Of an address, or of the names that a browser has for it. */
    static boolean isLoopback(String host) {
        String bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        return bare.equals("localhost")
                || bare.equals("::1")
                || bare.equals("0:0:0:0:0:0:0:1")
                || bare.matches("127\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}");
    }
}
