// SPDX-License-Identifier: Apache-2.0
package dev.revive.client;

import dev.revive.codec.Payloads;
import dev.revive.store.WorkflowStore;
import dev.revive.store.WorkflowType;
import dev.revive.thread.Nanos;
import dev.revive.thread.Periodic;
import dev.revive.thread.SteadyClock;
import dev.revive.thread.Time;
import dev.revive.thread.Uninterruptibly;
import dev.revive.thread.UserThreads;
import dev.revive.workflow.EngineStoppedException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A process that runs nothing: it has no seat at the store, and nobody tells it anything, so it looks for the ends of the workflows that it waits for. */
public final class Outsider implements Client.Host {
    private static final Logger log = LoggerFactory.getLogger(Outsider.class);

    /** Between two looks, while somebody waits; longer while many do. */
    private static final Duration LOOK_AGAIN = Duration.ofMillis(200);

    private static final Duration PATIENCE_AT_CLOSE = Duration.ofSeconds(10);

    private final WorkflowStore store;
    private final Payloads payloads;
    private final SteadyClock clock;
    private final UserThreads userThreads = new UserThreads();
    private final SecureRandom secrets = new SecureRandom();
    private final AtomicBoolean isClosed = new AtomicBoolean();
    private final Client client;
    private final Periodic looking;
    private volatile int lookedFor;
    private volatile boolean isInTrouble;
    private volatile @Nullable Throwable causeOfDeath;

    /** @param patience how long a question waits for a store that does not answer */
    public Outsider(WorkflowStore store, Payloads payloads, Time time, Duration patience) {
        this.store = store;
        this.payloads = payloads;
        this.clock = new SteadyClock(time);
        this.client = new Client(store, this, patience);
        this.looking = new Periodic("revive-client", time, this::pause, this::lookForEnds, this::died);
        looking.start();
    }

    public Client client() {
        return client;
    }

    private Duration pause() {
        return Endings.pause(LOOK_AGAIN, lookedFor);
    }

    private void lookForEnds() {
        List<String> ids = List.copyOf(client.endings().awaited());
        lookedFor = ids.size();
        try {
            client.tellEndings(ids);
            isInTrouble = false;
        } catch (RuntimeException e) { // of a pool or a driver, perhaps; who waits goes on waiting
            if (isInTrouble) {
                log.debug("The ends of workflows cannot be looked for yet", e);
            } else {
                log.warn("The ends of workflows cannot be looked for now; this client tries again", e);
            }
            isInTrouble = true;
        }
    }

    private void died(Throwable why) {
        causeOfDeath = why;
        client.fail();
        log.error("This client died; nothing that is recorded is lost", why);
    }

    /** Closes the store, too. */
    public void close() {
        userThreads.requireOutside("close()");
        if (isClosed.getAndSet(true)) {
            return;
        }
        long end = Nanos.after(PATIENCE_AT_CLOSE);
        looking.close();
        Uninterruptibly.call(
                () -> {
                    client.close(Nanos.until(end));
                    looking.join(Nanos.until(end));
                    store.close();
                    return true;
                },
                Nanos.until(end));
    }

    // ---- for the client

    @Override
    public Payloads payloads() {
        return payloads;
    }

    @Override
    public UserThreads userThreads() {
        return userThreads;
    }

    @Override
    public Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    @Override
    public UUID unique() {
        return new UUID(secrets.nextLong(), secrets.nextLong());
    }

    /** The store tells those who run something. */
    @Override
    public void wakeClaimer() {}

    /** As above: whoever has an engine delivers. */
    @Override
    public void expectDelivery() {}

    @Override
    public boolean holds(String workflowId) {
        return false;
    }

    @Override
    public boolean mayBeRun(WorkflowType type) {
        return true;
    }

    @Override
    public void requireRunning() {
        if (isClosed.get() || causeOfDeath != null) {
            throw stopped();
        }
    }

    @Override
    public EngineStoppedException stopped() {
        Throwable why = causeOfDeath;
        return new EngineStoppedException(
                why == null
                        ? "This client is closed. Open another on the store."
                        : "This client died: " + why + ". Open another on the store.",
                why);
    }
}
