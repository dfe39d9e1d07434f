// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import dev.revive.Revive;
import dev.revive.dashboard.view.Redaction;
import dev.revive.store.WorkflowStore;
import io.javalin.config.JavalinConfig;
import jakarta.servlet.http.HttpServlet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The console: shows workflows, steps and executors, and lets people resume, retry, wake and decide. Immutable; each method answers a copy.
 *
 * <pre>{@code
 * DashboardServer console = ReviveDashboard.on(revive).start(8080);   // on http://localhost:8080
 * HttpServlet servlet = ReviveDashboard.on(revive).basePath("/revive").authentication(hook).servlet();
 * }</pre>
 *
 * <p>Without an {@linkplain #authentication authentication} only this machine comes in, and there is no servlet. Needs no engine: a store is enough.
 */
public final class ReviveDashboard {
    private static final Pattern BASE_PATH = Pattern.compile("(/[A-Za-z0-9._~-]+)*");

    private final Settings settings;

    private ReviveDashboard(Settings settings) {
        this.settings = settings;
    }

    /**
     * A console for an engine of this process. Close it before the engine.
     *
     * @param revive the engine
     * @return the console, not started yet
     */
    public static ReviveDashboard on(Revive revive) {
        return over(revive.store());
    }

    /**
     * A console for a store, whoever runs its workflows.
     *
     * @param store the store; stays yours to close, after the console
     * @return the console, not started yet
     */
    public static ReviveDashboard over(WorkflowStore store) {
        Objects.requireNonNull(store, "store");
        return new ReviveDashboard(Settings.of(store));
    }

    /**
     * Decides who comes in, and what they may do. Default on a server of its own: this machine may do everything, everybody else nothing, and what
     * carries headers of a proxy is somebody else. A {@link #servlet} has no default.
     *
     * @param authentication asked for every request
     * @return a copy
     */
    public ReviveDashboard authentication(Authentication authentication) {
        Objects.requireNonNull(authentication, "authentication");
        return with(copy -> copy.authentication = authentication);
    }

    /**
     * Lets in whoever has a loopback address, to do everything: what a server of its own does by default, and {@link #servlet} only if it is asked
     * for by this name. A container believes more than its own eyes: behind a filter or valve that takes the remote address from X-Forwarded-For,
     * anybody who can send that header is this machine. So only where nobody else can reach the container.
     *
     * @return a copy
     */
    public ReviveDashboard openToLoopback() {
        return with(copy -> copy.authentication = new Loopback(true));
    }

    /**
     * Lets nobody change anything, whatever their roles.
     *
     * @return a copy
     */
    public ReviveDashboard readOnly() {
        return with(copy -> copy.readOnly = true);
    }

    /**
     * Hides parts of payloads from everybody.
     *
     * @param redaction asked for every payload that is shown
     * @return a copy
     */
    public ReviveDashboard redaction(Redaction redaction) {
        Objects.requireNonNull(redaction, "redaction");
        return with(copy -> copy.redaction = redaction);
    }

    /**
     * The address to listen on. Default: 127.0.0.1, which only this machine can reach. Any other needs an authentication.
     *
     * @param host an address or name of this machine; {@code 0.0.0.0} for all of them
     * @return a copy
     */
    public ReviveDashboard host(String host) {
        Objects.requireNonNull(host, "host");
        return with(copy -> copy.host = host);
    }

    /**
     * The names under which people reach it, beside localhost: what stands in the browser's address line, with or without a port. Requests to other
     * names are refused, so that a foreign page cannot reach the console under a name of its own.
     *
     * @param hosts for example {@code ops.example.com}
     * @return a copy
     */
    public ReviveDashboard allowedHosts(String... hosts) {
        Set<String> names =
                Arrays.stream(hosts).map(host -> host.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet());
        return with(copy -> copy.allowedHosts = names);
    }

    /**
     * Where it is mounted. Default: at the root. In a servlet container this is the part of the servlet's mapping before {@code /*}; the context path
     * is found out.
     *
     * @param path for example {@code /revive}; "" for the root
     * @return a copy
     */
    public ReviveDashboard basePath(String path) {
        if (!BASE_PATH.matcher(path).matches()) {
            throw new IllegalArgumentException(
                    "A base path is \"\" or like \"/ops/revive\", of letters, digits and ._~-, not \"" + path + "\".");
        }
        return with(copy -> copy.basePath = path);
    }

    /**
     * Adds routes of the host's beside the console's, behind the same guards: every request is authenticated, and what is not GET needs the role
     * OPERATE, the header {@code X-Revive: 1} and a JSON body. Requests of other sites' pages are refused. Paths carry the base path.
     *
     * <p>A socket ({@code routes.ws}) is opened only to a page of the console's own origin, for who has the role OPERATE: what is said through it
     * later is checked by nobody. Servlets, filters and handlers that are given to {@code config.jetty} stand outside of all guards.
     *
     * @param extension adds routes to {@code config.routes}
     * @return a copy
     */
    public ReviveDashboard extend(Consumer<JavalinConfig> extension) {
        Objects.requireNonNull(extension, "extension");
        return with(copy -> copy.extensions = plus(copy.extensions, extension));
    }

    /**
     * Adds a page of the host's, with its scripts and styles, built as the console's own is: relative links, hashed files under {@code assets}, and
     * {@code __REVIVE_BASE__} where the page wants to know the base path.
     *
     * @param path where it is, below the base path: {@code /simulator}
     * @param anchor a class whose loader finds the files
     * @param folder their folder as a resource: {@code dev/revive/examples/simulator/web}
     * @param file the page in it: {@code simulator.html}
     * @return a copy
     */
    public ReviveDashboard page(String path, Class<?> anchor, String folder, String file) {
        Settings.Page page = new Settings.Page(path, anchor, folder, file);
        return with(copy -> copy.pages = plus(copy.pages, page));
    }

    private static <T> List<T> plus(List<T> list, T more) {
        List<T> all = new ArrayList<>(list);
        all.add(more);
        return List.copyOf(all);
    }

    private ReviveDashboard with(Consumer<Settings.Draft> change) {
        return new ReviveDashboard(settings.with(change));
    }

    /**
     * Starts a server of its own. Needs Jetty, which comes with this module.
     *
     * @param port the port; 0 for any that is free
     * @return the server; close it before the store
     * @throws IllegalStateException if it is to listen to other machines without an authentication
     */
    public DashboardServer start(int port) {
        if (settings.authentication() instanceof Loopback && !Loopback.isLoopback(settings.host())) {
            throw new IllegalStateException(
                    "A console that listens on %s needs an authentication: ReviveDashboard.authentication(...). Without one it listens on 127.0.0.1 only."
                            .formatted(settings.host()));
        }
        return DashboardServer.start(settings, port);
    }

    /**
     * The console as a servlet for another container, mapped to {@code basePath/*}, with async support for live updates. Needs no Jetty: leave out
     * the groups {@code org.eclipse.jetty*} where the container is another.
     *
     * @return the servlet; its {@code destroy} ends what it has begun
     * @throws IllegalStateException if neither an authentication was given nor {@link #openToLoopback} was said
     */
    public HttpServlet servlet() {
        if (settings.authentication() instanceof Loopback loopback && !loopback.isChosen()) {
            throw new IllegalStateException(
                    "A console in a container needs an authentication: ReviveDashboard.authentication(...). Where a filter or a proxy tells remote addresses, "
                            + "anybody can say that he is this machine. If nobody but this machine can reach the container, say so: openToLoopback().");
        }
        return new DashboardServlet(settings);
    }
}
