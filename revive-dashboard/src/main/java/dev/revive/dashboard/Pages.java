// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A page with its scripts and styles, from the class path. Only plain file names below {@code assets} are looked for, so no path leads out of the
 * folder.
 */
final class Pages {
    private static final Pattern ASSET = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9_.-]{0,200}");
    private static final int MOST = 500;
    private static final Map<String, String> TYPES = Map.of(
            "js", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "svg", "image/svg+xml",
            "png", "image/png",
            "ico", "image/x-icon",
            "woff2", "font/woff2",
            "json", "application/json",
            "webp", "image/webp",
            "txt", "text/plain; charset=utf-8");

    private static final String NOT_BUILT = """
            The files of this page are not in the jar.

            Build them in revive-dashboard/frontend, with Node 20 or newer:

                npm ci && npm run build

            and build the jar again. The API beneath the page works without them: see api/v1/openapi.json.
            """;

    private final String base;
    private final String path;
    private final ClassLoader loader;
    private final String folder;
    private final String file;
    private final Map<String, Cached> files = new ConcurrentHashMap<>();

    Pages(String base, String path, ClassLoader loader, String folder, String file) {
        this.base = base;
        this.path = path;
        this.loader = loader;
        this.folder = folder;
        this.file = file;
    }

    void addTo(RoutesConfig routes) {
        routes.get(base + path, this::page);
        routes.get(base + path + "/assets/{asset}", this::asset);
    }

    /** Every other path without a dot is a place inside the page, whose script knows it. */
    void addEverythingTo(RoutesConfig routes) {
        routes.get(base + path + "/assets/{asset}", this::asset);
        if (base.isEmpty()) {
            routes.get("/", this::page);
        } else {
            routes.get(base, this::page);
        }
        routes.get(base + "/<place>", ctx -> {
            String place = ctx.path().substring(ctx.contextPath().length() + base.length());
            if (place.startsWith("/api/")
                    || place.substring(place.lastIndexOf('/')).contains(".")) {
                icon(ctx, place);
            } else {
                page(ctx);
            }
        });
    }

    /** Files at the top of the folder: the icon that browsers ask for. A name has no slash in it. */
    private void icon(Context ctx, String place) {
        String name = place.substring(1);
        if (name.endsWith(".html") || !ASSET.matcher(name).matches()) {
            throw notFound();
        }
        Cached found = found(name);
        ctx.res().setHeader("Cache-Control", "no-cache");
        Outbox.sendFile(ctx, found, type(name));
    }

    private void asset(Context ctx) {
        String name = ctx.pathParam("asset");
        if (!ASSET.matcher(name).matches()) {
            throw notFound();
        }
        Cached found = found("assets/" + name);
        ctx.res().setHeader("Cache-Control", "public, max-age=31536000, immutable");
        Outbox.sendFile(ctx, found, type(name));
    }

    private Cached found(String name) {
        Cached known = files.get(name);
        if (known != null) {
            return known;
        }
        byte[] bytes = bytes(name);
        if (bytes == null) {
            throw notFound();
        }
        Cached found = new Cached(bytes);
        if (files.size() < MOST) {
            files.put(name, found);
        }
        return found;
    }

    private void page(Context ctx) {
        byte[] bytes = bytes(file);
        if (bytes == null) {
            Outbox.send(ctx, 503, NOT_BUILT.getBytes(StandardCharsets.UTF_8), "text/plain; charset=utf-8");
            return;
        }
        String mount = ctx.req().getContextPath() + base;
        String html = new String(bytes, StandardCharsets.UTF_8)
                .replace("__REVIVE_BASE__", attribute(mount))
                .replace("=\"./", "=\"" + attribute(mount + path) + "/");
        ctx.res().setHeader("Cache-Control", "no-cache");
        Outbox.sendFile(ctx, new Cached(html.getBytes(StandardCharsets.UTF_8)), "text/html; charset=utf-8");
    }

    private static String attribute(String text) {
        return text.replace("&", "&amp;").replace("\"", "&quot;").replace("<", "&lt;");
    }

    private byte @Nullable [] bytes(String name) {
        try (InputStream in = loader.getResourceAsStream(folder + "/" + name)) {
            return in == null ? null : in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String type(String name) {
        String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return TYPES.getOrDefault(ending, "application/octet-stream");
    }

    private static RefusedException notFound() {
        return new RefusedException(404, "Not found", "There is nothing here.");
    }
}
