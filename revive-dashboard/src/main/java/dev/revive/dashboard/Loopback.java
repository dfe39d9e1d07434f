// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import java.util.Optional;
import java.util.Set;

/** The authentication where none is given: this machine may do everything, everybody else nothing. */
final class Loopback implements Authentication {
    private static final Visitor THIS_MACHINE = new Visitor(null, Set.of(Role.values()));

    @Override
    public Optional<Visitor> visitor(Knock knock) {
        return isLoopback(knock.remoteAddress()) ? Optional.of(THIS_MACHINE) : Optional.empty();
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
