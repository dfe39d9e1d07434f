// SPDX-License-Identifier: Apache-2.0
package dev.revive.dashboard;

import dev.revive.dashboard.Changes.Change;
import dev.revive.store.Letter;
import dev.revive.store.NewWorkflow;
import dev.revive.store.Posting;
import dev.revive.store.ReadLimit;
import dev.revive.store.Undelivered;
import dev.revive.store.WorkflowStore;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.Optional;
import java.util.function.LongPredicate;

/**
 * The routes by which people say what becomes of what was asked for in a transaction and could not be done. The log says what it was: once it is discarded, nothing
 * else does.
 */
final class Deliveries {
    private static final String NO_LONGER_SO = "It is not there any more, or somebody has had it tried again already.";

    /** Without their payloads, as many as a store answers. */
    private static final ReadLimit HEADS = new ReadLimit(0, 1_000, 0);

    private final Settings settings;
    private final WorkflowStore store;
    private final Changes changes;

    Deliveries(Settings settings, Changes changes) {
        this.settings = settings;
        this.store = settings.store();
        this.changes = changes;
    }

    void addTo(RoutesConfig routes) {
        String path = settings.basePath() + Api.PATH + "/undelivered";
        routes.post(path + "/discard", ctx -> change(ctx, "discard", store::discard));
        routes.post(path + "/again", ctx -> change(ctx, "deliver again", store::deliverAgain));
    }

    private void change(Context ctx, String verb, LongPredicate change) {
        long position = Body.of(ctx).number("position");
        changes.make(
                ctx,
                () -> found(position)
                        .filter(one -> change.test(position))
                        .map(one -> new Change(
                                verb + " " + position + ", " + what(one.posting()),
                                one.posting().workflowId())),
                NO_LONGER_SO);
    }

    private Optional<Undelivered> found(long position) {
        return store.undelivered(HEADS).stream()
                .filter(one -> one.position() == position)
                .findFirst();
    }

    private static String what(Posting posting) {
        NewWorkflow start = posting.start();
        Letter letter = posting.letter();
        String starts = start == null
                ? ""
                : "start " + start.type().name() + " v" + start.type().version();
        String sends = letter == null ? "" : "signal " + letter.name();
        return start == null || letter == null ? starts + sends : starts + " and " + sends;
    }
}
