// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import jakarta.servlet.http.HttpServletRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.Collections;
import java.util.Optional;
import java.util.stream.Stream;

/** A request at the door, as an {@link Authentication} sees it. */
public final class ConsoleRequest {
    private final HttpServletRequest request;

    ConsoleRequest(HttpServletRequest request) {
        this.request = request;
    }

    /**
     * A header of the request.
     *
     * @param name its name, in any case
     * @return empty if it was not sent
     */
    public Optional<String> header(String name) {
        return Optional.ofNullable(request.getHeader(name));
    }

    Stream<String> headerNames() {
        return Collections.list(request.getHeaderNames()).stream();
    }

    /**
     * A parameter of the address: what stands behind the question mark.
     *
     * @param name its name
     * @return empty if it is not there
     */
    public Optional<String> parameter(String name) {
        String query = request.getQueryString(); // never the body, which may still be on its way
        if (query == null) {
            return Optional.empty();
        }
        return Stream.of(query.split("&"))
                .filter(each -> each.startsWith(name + "="))
                .map(each -> decoded(each.substring(name.length() + 1)))
                .findFirst();
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    /**
     * A cookie of the request.
     *
     * @param name its name
     * @return empty if it was not sent
     */
    public Optional<String> cookie(String name) {
        if (request.getCookies() == null) {
            return Optional.empty();
        }
        for (jakarta.servlet.http.Cookie cookie : request.getCookies()) {
            if (cookie.getName().equals(name)) {
                return Optional.ofNullable(cookie.getValue());
            }
        }
        return Optional.empty();
    }

    /**
     * Where the request comes from: of the last proxy, if there is one.
     *
     * @return an IP address
     */
    public String remoteAddress() {
        return request.getRemoteAddr();
    }

    /**
     * Who the surrounding container says it is, where the console is mounted as a servlet.
     *
     * @return empty if the container does not know
     */
    public Optional<Principal> principal() {
        return Optional.ofNullable(request.getUserPrincipal());
    }

    /**
     * Whether the surrounding container says that this person has a role of the host's.
     *
     * @param role the role's name in the host
     * @return false if it does not know
     */
    public boolean isUserInRole(String role) {
        return request.isUserInRole(role);
    }
}
