// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import dev.revive.workflow.Printable;
import io.javalin.http.Context;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How something is changed: by a thread that may touch the store, and the log says who had it done. */
final class Changes {
    private static final Logger log = LoggerFactory.getLogger(Changes.class);

    private final Reader reader;
    private final Answers answers;

    Changes(Reader reader, Answers answers) {
        this.reader = reader;
        this.answers = answers;
    }

    private record Done(boolean done) {}

    /**
     * What was changed, for the log.
     *
     * @param what what was done
     * @param id of which workflow
     */
    record Change(String what, String id) {}

    /**
     * Does it, or answers 409.
     *
     * @param what for the log
     * @param otherwise what is so if it answers false
     */
    void make(Context ctx, String what, String id, BooleanSupplier change, String otherwise) {
        make(ctx, () -> change.getAsBoolean() ? Optional.of(new Change(what, id)) : Optional.empty(), otherwise);
    }

    /** The same of what is known only once it is found; empty if it is not, or not so any more. */
    void make(Context ctx, Supplier<Optional<Change>> change, String otherwise) {
        String user = Guards.visitorOf(ctx).user();
        String whose = Api.whose(ctx);
        Optional<Change> done = reader.admit(whose, () -> reader.ask(whose, change));
        answers.forget();
        Change made = done.orElseThrow(() -> new RefusedException(409, "No longer so", otherwise));
        log.info(
                "{} of workflow {} by {}",
                Printable.of(made.what),
                Printable.of(made.id),
                user == null ? "this machine" : Printable.of(user));
        Outbox.send(ctx, 200, Json.bytes(new Done(true)), Json.TYPE);
    }

    /** As a store keeps it. */
    static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MICROS);
    }
}
