// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.simulator;

import dev.revive.dashboard.Authentication;
import dev.revive.dashboard.Knock;
import dev.revive.dashboard.Role;
import dev.revive.dashboard.Visitor;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;

/**
 * A random key in the address that is printed: whoever started the simulator has it, other accounts of the machine do not, though they reach the
 * port. A browser that brings it once keeps it in a cookie, which no other site's page makes it send, and the address loses it.
 */
final class DoorKey implements Authentication {
    private static final String PARAMETER = "key";
    private static final int BYTES = 24;
    private static final Visitor OWNER = new Visitor(null, Set.of(Role.values()));

    private final String key;

    /** One for each simulator: browsers do not tell the ports of a host apart. */
    private final String cookie;

    DoorKey() {
        SecureRandom random = new SecureRandom();
        this.key = hex(random, BYTES);
        this.cookie = "revive_simulator_" + hex(random, 4);
    }

    private static String hex(SecureRandom random, int bytes) {
        byte[] some = new byte[bytes];
        random.nextBytes(some);
        return HexFormat.of().formatHex(some);
    }

    /** What follows the path in the address for people. */
    String inAddress() {
        return "?" + PARAMETER + "=" + key;
    }

    /** The header that a browser sends once it has been here. */
    String cookie() {
        return cookie + "=" + key;
    }

    @Override
    public Optional<Visitor> visitor(Knock knock) {
        boolean fits = knock.cookie(cookie).filter(this::fits).isPresent()
                || knock.parameter(PARAMETER).filter(this::fits).isPresent();
        return fits ? Optional.of(OWNER) : Optional.empty();
    }

    private boolean fits(String tried) {
        return MessageDigest.isEqual(key.getBytes(StandardCharsets.UTF_8), tried.getBytes(StandardCharsets.UTF_8));
    }

    /** Behind the guards, so the key has been looked at by then. */
    void addTo(JavalinConfig config) {
        config.routes.before(this::keep);
    }

    private void keep(Context ctx) {
        if (ctx.queryParam(PARAMETER) != null) {
            ctx.res().addHeader("Set-Cookie", cookie() + "; Path=/; HttpOnly; SameSite=Strict");
            if (ctx.path().equals("/") || ctx.path().equals("/simulator")) {
                ctx.redirect(ctx.path());
                ctx.skipRemainingHandlers();
            }
        }
    }
}
