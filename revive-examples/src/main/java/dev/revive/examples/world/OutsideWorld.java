// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.world;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.revive.workflow.StepAttempt;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The world that Revive cannot roll back: mails that were sent, laptops that were ordered. Here it is a file of JSON lines, one for each thing
 * that really happened, on the disk before the effect returns. Anyone can count them.
 *
 * <p>Safe for use by many threads; many processes may share the file.
 */
public final class OutsideWorld {
    /** The file's name. */
    public static final String FILE = "outside-world.jsonl";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final AppendOnlyFile file;
    private final List<Happening> causedHere = new CopyOnWriteArrayList<>();

    /**
     * The world in this directory.
     *
     * @param directory an existing directory
     */
    public OutsideWorld(Path directory) {
        this.file = new AppendOnlyFile(directory.resolve(FILE));
    }

    /**
     * Lets something happen.
     *
     * @param attempt whose doing it is
     * @return what happened; it cannot be taken back
     */
    public Happening happen(StepAttempt attempt) {
        return happen(attempt, attempt.idempotencyKey());
    }

    /**
     * Lets something happen under another key than the attempt's own: a compensation is known outside by the key of what it undoes.
     *
     * @param attempt whose doing it is
     * @param idempotencyKey what the outside world knows it by
     * @return what happened; it cannot be taken back
     */
    public Happening happen(StepAttempt attempt, String idempotencyKey) {
        Happening happening = next(attempt, idempotencyKey);
        file.append(text(happening));
        causedHere.add(happening);
        return happening;
    }

    /**
     * Lets something happen in a part of the world that honours keys: what has happened under this one before does not happen again, whoever asks.
     *
     * @param attempt whose doing it is
     * @param idempotencyKey what the outside world knows it by
     * @return what happened, now or before
     */
    public Happening happenOnce(StepAttempt attempt, String idempotencyKey) {
        Happening happening = next(attempt, idempotencyKey);
        Optional<Happening> earlier = file.appendUnless(
                        line -> parse(line).filter(happening::isSameDeedAs).isPresent(), text(happening))
                .flatMap(OutsideWorld::parse);
        if (earlier.isEmpty()) {
            causedHere.add(happening);
        }
        return earlier.orElse(happening);
    }

    private static Happening next(StepAttempt attempt, String idempotencyKey) {
        return new Happening(
                UUID.randomUUID().toString(),
                attempt.workflowId(),
                attempt.stepName(),
                attempt.attempt(),
                idempotencyKey,
                ProcessHandle.current().pid(),
                Instant.now().toString());
    }

    /**
     * Everything that ever happened to a workflow's steps, by whatever process.
     *
     * @param workflowId the workflow
     * @return in the order it happened
     */
    public List<Happening> of(String workflowId) {
        return file.lines().stream()
                .map(OutsideWorld::parse)
                .flatMap(Optional::stream)
                .filter(happening -> happening.workflowId().equals(workflowId))
                .toList();
    }

    /**
     * What the outside world knows by a key.
     *
     * @param workflowId the workflow
     * @param idempotencyKey the key
     * @return the first that happened under it; empty if nothing has
     */
    public Optional<Happening> find(String workflowId, String idempotencyKey) {
        return of(workflowId).stream()
                .filter(happening -> happening.idempotencyKey().equals(idempotencyKey))
                .findFirst();
    }

    /**
     * What this process caused for a workflow.
     *
     * @param workflowId the workflow
     * @return in the order it happened
     */
    public List<Happening> causedHere(String workflowId) {
        return causedHere.stream()
                .filter(happening -> happening.workflowId().equals(workflowId))
                .toList();
    }

    private static String text(Happening happening) {
        try {
            return JSON.writeValueAsString(happening);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Empty for what is left of a line whose writer was killed. */
    private static Optional<Happening> parse(String line) {
        try {
            return Optional.of(JSON.readValue(line, Happening.class));
        } catch (JsonProcessingException torn) {
            return Optional.empty();
        }
    }
}
