// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import dev.revive.store.StoreException;
import dev.revive.store.StoreUnavailableException;
import dev.revive.workflow.Printable;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import java.io.EOFException;
import java.io.IOException;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The console without a server around it: routes, guards, and what runs behind them. */
final class Console implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Console.class);

    private final Settings settings;
    private final Reader reader = new Reader();
    private final Answers answers = new Answers();
    private final Outbox outbox = new Outbox();
    private final Events events;

    Console(Settings settings) {
        this.settings = settings;
        this.events = new Events(settings.store(), answers);
    }

    /** The host's routes first: the console's last one takes every path. */
    void configure(JavalinConfig config) {
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.startup.startupWatcherEnabled = false;
        config.http.compressionStrategy = CompressionStrategy.NONE; // done here, once for all that ask the same
        config.http.maxRequestSize = Guards.LONGEST_BODY;
        config.jsonMapper(new Json());
        Guards guards = new Guards(settings);
        config.routes.before(guards::check);
        config.routes.wsBeforeUpgrade(guards::checkUpgrade);
        config.routes.exception(RefusedException.class, Console::refused);
        config.routes.exception(HttpResponseException.class, Console::problem);
        config.routes.exception(StoreUnavailableException.class, (e, ctx) -> unavailable(ctx, e));
        config.routes.exception(StoreException.class, (e, ctx) -> unavailable(ctx, e));
        config.routes.exception(Exception.class, Console::unexpected);
        settings.extensions().forEach(extension -> extension.accept(config));
        new Api(settings, reader, answers, events, outbox).addTo(config.routes);
        Changes changes = new Changes(reader, answers);
        new Decisions(settings, changes).addTo(config.routes);
        new Mail(settings, changes).addTo(config.routes);
        new Deliveries(settings, changes).addTo(config.routes);
        settings.pages()
                .forEach(page -> new Pages(
                                settings.basePath(),
                                page.path(),
                                page.anchor().getClassLoader(),
                                page.folder(),
                                page.file())
                        .addTo(config.routes));
        new Pages(settings.basePath(), "", Console.class.getClassLoader(), "dev/revive/dashboard/web", "index.html")
                .addEverythingTo(config.routes);
    }

    private static void refused(RefusedException e, Context ctx) {
        if (e.isForNow()) {
            ctx.header("Retry-After", "1");
        }
        problem(ctx, e.status(), e.title(), text(e));
    }

    private static void problem(HttpResponseException e, Context ctx) {
        int status = e.getStatus();
        boolean isUnknown = status == 404;
        problem(ctx, status, isUnknown ? "Not found" : "Cannot answer", isUnknown ? "There is nothing here." : text(e));
    }

    private static void unavailable(Context ctx, StoreException e) {
        log.info("The store did not answer: {}", Printable.of(e.getMessage()));
        problem(ctx, 503, "The store does not answer", "The store does not answer now. The host's log says why.");
    }

    private static void unexpected(Exception e, Context ctx) {
        if (hasLeft(e)) {
            log.debug("Whoever asked has gone", e);
            ctx.status(400);
            return;
        }
        log.warn("Request failed", e);
        problem(ctx, 500, "Something went wrong", "This is an error in the console. The host's log says more.");
    }

    /** Each container has an exception of its own for it, whose classes may not be here. */
    private static boolean hasLeft(Throwable e) {
        String name = e.getClass().getSimpleName();
        Throwable cause = e.getCause();
        return e instanceof EOFException
                || name.equals("EofException")
                || name.equals("ClientAbortException")
                || (e instanceof IOException && cause instanceof TimeoutException)
                || (cause != null && hasLeft(cause));
    }

    private static String text(Exception e) {
        return String.valueOf(e.getMessage());
    }

    static void problem(Context ctx, int status, String title, String detail) {
        Outbox.send(ctx, status, Json.problem(status, title, detail), Json.PROBLEM_TYPE);
    }

    @Override
    public void close() {
        events.close();
        reader.close();
    }
}
