// SPDX-License-Identifier: Apache-2.0
package dev.revive.engine;

import dev.revive.codec.Payloads;
import dev.revive.run.Tools;
import dev.revive.thread.Permits;
import dev.revive.thread.SteadyClock;
import dev.revive.thread.Threads;
import dev.revive.thread.Time;
import dev.revive.thread.UserThreads;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Random;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The tools of one engine: made with it and closed with it. */
final class EngineTools implements Tools {
    private final EngineSettings.Limits limits;
    private final Time time;
    private final Payloads payloads;
    private final StoreClock storeClock;
    private final SteadyClock clock;
    private final Threads threads;
    private final Threads attempts = new Threads("revive-attempt", Integer.MAX_VALUE, () -> {});
    private final Permits permits;
    private final UserThreads userThreads = new UserThreads();
    private final RandomGenerator chance = new Random();
    private final RandomGenerator secrets = new SecureRandom();
    private final BooleanSupplier isStopped;

    /** @param threadFreed told whenever a thread is free again */
    EngineTools(EngineSettings settings, Runnable threadFreed, BooleanSupplier isStopped) {
        this.limits = settings.limits();
        this.time = settings.time();
        this.payloads = new Payloads(settings.serializer(), limits.payloadChars());
        this.storeClock = new StoreClock(time);
        this.clock = new SteadyClock(storeClock);
        this.threads = new Threads("revive-run", limits.threads(), threadFreed);
        this.permits = new Permits(limits.permits());
        this.isStopped = isStopped;
    }

    @Override
    public Threads threads() {
        return threads;
    }

    @Override
    public Permits permits() {
        return permits;
    }

    @Override
    public UserThreads userThreads() {
        return userThreads;
    }

    @Override
    public Payloads payloads() {
        return payloads;
    }

    @Override
    public RandomGenerator chance() {
        return chance;
    }

    @Override
    public RandomGenerator secrets() {
        return secrets;
    }

    /** Never the same again, in any process. */
    UUID unique() {
        return new UUID(secrets.nextLong(), secrets.nextLong());
    }

    StoreClock storeClock() {
        return storeClock;
    }

    @Override
    public Time time() {
        return time;
    }

    @Override
    public Instant now() {
        return exactNow().truncatedTo(ChronoUnit.MICROS);
    }

    @Override
    public Instant exactNow() {
        return clock.instant();
    }

    @Override
    public Instant reckoned(Instant timeOfDay) {
        return timeOfDay.plus(clock.ahead());
    }

    @Override
    public Instant timeOfDay() {
        return storeClock.instant();
    }

    @Override
    public @Nullable Duration cleanUpGrace() {
        return limits.cleanUpGrace();
    }

    @Override
    public Duration unloadAfter() {
        return limits.unloadAfter();
    }

    @Override
    public int strikes() {
        return limits.strikes();
    }

    @Override
    public boolean startAttempt(Runnable attempt) {
        return attempts.tryStart(attempt);
    }

    @Override
    public boolean isStopped() {
        return isStopped.getAsBoolean();
    }

    void close() {
        threads.shutdown();
        attempts.shutdown();
    }
}
