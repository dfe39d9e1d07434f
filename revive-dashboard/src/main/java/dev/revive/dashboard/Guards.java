// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every request has to pass, whatever it asks for, before anything is looked at. In this order:
 *
 * <ol>
 *   <li>the host it was sent to: a page of a foreign name that was made to point here (DNS rebinding) sends that name;
 *   <li>the method;
 *   <li>where it comes from: a page of another site can make a browser post a form, but cannot make it send our header or JSON;
 *   <li>who it is;
 *   <li>what that person may do.
 * </ol>
 */
final class Guards {
    /** A browser sends it across sites only after asking, and we never answer that question. */
    static final String HEADER = "X-Revive";

    static final int LONGEST_BODY = 65_536;

    private static final Logger log = LoggerFactory.getLogger(Guards.class);
    private static final String VISITOR = "revive.visitor";
    private static final Set<HandlerType> READING = Set.of(HandlerType.GET, HandlerType.HEAD);
    private static final Pattern JSON_BODY =
            Pattern.compile(" *application/json *(; *charset *= *(utf-8|\"utf-8\") *)?", Pattern.CASE_INSENSITIVE);
    private static final Pattern HOST = Pattern.compile("(\\[[0-9a-fA-F:.]+]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?");

    private static final Map<String, String> HEADERS = Map.of(
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; "
                    + "frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
            "X-Content-Type-Options",
            "nosniff",
            "X-Frame-Options",
            "DENY",
            "Referrer-Policy",
            "no-referrer",
            "Cross-Origin-Opener-Policy",
            "same-origin",
            "Cross-Origin-Resource-Policy",
            "same-origin",
            "Cache-Control",
            "no-store");

    private final Settings settings;

    Guards(Settings settings) {
        this.settings = settings;
    }

    void check(Context ctx) {
        addHeaders(ctx.res()::setHeader);
        checkHost(ctx.req());
        if (ctx.header("X-HTTP-Method-Override") != null) {
            throw new RefusedException(400, "Method overridden", "Send the method that you mean.");
        }
        boolean reads = READING.contains(ctx.method());
        if (!reads && !ctx.method().equals(HandlerType.POST)) {
            ctx.res().setHeader("Allow", "GET, HEAD, POST");
            throw new RefusedException(405, "Method not allowed", "Only GET, HEAD and POST are answered.");
        }
        checkOrigin(ctx, reads);
        Visitor visitor = visitor(ctx);
        require(visitor, Role.VIEW);
        if (!reads) {
            checkBody(ctx.req());
            checkMayOperate(visitor);
        }
        ctx.attribute(VISITOR, visitor);
    }

    /** A socket carries what nobody checks later: who opens one needs what every change needs, and comes from a page of this origin. */
    void checkUpgrade(Context ctx) {
        addHeaders(ctx.res()::setHeader);
        checkHost(ctx.req());
        String origin = ctx.header("Origin");
        if (origin == null || isForeign(ctx)) {
            throw crossSite();
        }
        Visitor visitor = visitor(ctx);
        require(visitor, Role.VIEW);
        checkMayOperate(visitor);
        ctx.attribute(VISITOR, visitor);
    }

    /** What every answer carries, whoever gives it. */
    static void addHeaders(BiConsumer<String, String> response) {
        HEADERS.forEach(response);
    }

    private void checkHost(HttpServletRequest request) {
        List<String> hosts = Collections.list(request.getHeaders("Host"));
        if (hosts.size() != 1 || !isAllowed(hosts.get(0))) {
            throw new RefusedException(
                    421,
                    "Not for this host",
                    "This console does not answer under that host name. Allow it with ReviveDashboard.allowedHosts.");
        }
    }

    private boolean isAllowed(String header) {
        Matcher matcher = HOST.matcher(header);
        if (!matcher.matches()) {
            return false;
        }
        String host = matcher.group(1).toLowerCase(Locale.ROOT);
        return Loopback.isLoopback(host)
                || settings.allowedHosts().contains(host)
                || settings.allowedHosts().contains(header.toLowerCase(Locale.ROOT));
    }

    /** An old browser sends neither header; the header of ours and the content type keep its forms out all the same. */
    private void checkOrigin(Context ctx, boolean reads) {
        if (isForeign(ctx)
                && !(reads
                        && settings.isPage(
                                ctx.path().substring(ctx.contextPath().length())))) {
            throw crossSite();
        }
        if (!reads && !"1".equals(ctx.header(HEADER))) {
            throw new RefusedException(
                    403, "Header missing", "A request that changes something carries the header X-Revive: 1.");
        }
    }

    private static boolean isForeign(Context ctx) {
        String site = ctx.header("Sec-Fetch-Site");
        if (site != null && !site.equals("same-origin") && !site.equals("none")) {
            return true;
        }
        String origin = ctx.header("Origin");
        return origin != null && !isOwn(origin, "same-origin".equals(site), ctx.req());
    }

    /**
     * Another scheme is another origin. A browser that says "same-origin" has compared them; else it is the scheme of this request, as the proxy says
     * that stands before us. No page can make a browser send either across sites.
     */
    private static boolean isOwn(String origin, boolean isSameOrigin, HttpServletRequest request) {
        String host = request.getHeader("Host");
        boolean isSecure = request.isSecure() || isForwardedAsSecure(request);
        return ((isSecure || isSameOrigin) && origin.equalsIgnoreCase("https://" + host))
                || (!isSecure && origin.equalsIgnoreCase("http://" + host));
    }

    private static boolean isForwardedAsSecure(HttpServletRequest request) {
        String scheme = request.getHeader("X-Forwarded-Proto");
        String forwarded = request.getHeader("Forwarded");
        return (scheme != null && scheme.toLowerCase(Locale.ROOT).matches("https *(,.*)?"))
                || (forwarded != null && forwarded.toLowerCase(Locale.ROOT).matches("[^,]*\\bproto=\"?https\\b.*"));
    }

    private static RefusedException crossSite() {
        return new RefusedException(403, "Cross-site request", "This comes from a page of another site.");
    }

    private static void checkBody(HttpServletRequest request) {
        String type = request.getHeader("Content-Type"); // getContentType may fail, for it looks for the charset
        if (type == null || !JSON_BODY.matcher(type).matches()) {
            throw new RefusedException(415, "Not JSON", "Send the body as application/json, in UTF-8.");
        }
        long length = request.getContentLengthLong();
        if (length < 0) {
            throw new RefusedException(411, "Length required", "Say how long the body is.");
        }
        if (length > LONGEST_BODY) {
            throw new RefusedException(413, "Body too large", "A body has at most 65,536 bytes.");
        }
    }

    private Visitor visitor(Context ctx) {
        Optional<Visitor> visitor;
        try {
            visitor = settings.authentication().visitor(new ConsoleRequest(ctx.req()));
        } catch (RefusedException e) {
            throw e;
        } catch (RuntimeException e) {
            log.warn("The authentication hook failed, so nobody is let in", e);
            throw new RefusedException(
                    503, "Cannot tell who you are", "Authentication failed. The host's log says why.");
        }
        return visitor.orElseThrow(() -> {
            settings.authentication()
                    .challenge()
                    .ifPresent(challenge -> ctx.res().setHeader("WWW-Authenticate", challenge));
            return new RefusedException(401, "Who are you?", "This console is not open to you.");
        });
    }

    private static void require(Visitor visitor, Role role) {
        if (!visitor.has(role)) {
            throw new RefusedException(403, "Role missing", "This needs the role " + role + ".");
        }
    }

    private void checkMayOperate(Visitor visitor) {
        if (settings.readOnly()) {
            throw new RefusedException(403, "Read-only", "This console is read-only.");
        }
        require(visitor, Role.OPERATE);
    }

    /** Whom {@link #check} let in. */
    static Visitor visitorOf(Context ctx) {
        @Nullable Visitor visitor = ctx.attribute(VISITOR);
        if (visitor == null) {
            throw new RefusedException(401, "Who are you?", "This console is not open to you.");
        }
        return visitor;
    }
}
