// SPDX-License-Identifier: Apache-2.0
package dev.revive.thread;

import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes daemon threads that take over nothing of the thread that happens to make them: no inheritable thread-local, no priority, no group, and no
 * context class loader but the one that loaded Revive. Who asks first for something may be a request of one tenant, and the thread outlives it.
 *
 * <p>All of Revive's platform threads are made here.
 */
public final class BareThreads {
    private BareThreads() {}

    /**
     * Makes one.
     *
     * @param name its name
     * @param task what it does
     * @return the thread, not started
     */
    @SuppressWarnings("ThreadPriorityCheck") // the normal one, whatever the priority of the thread that makes it
    public static Thread make(String name, Runnable task) {
        Thread thread = new Thread(
                outermostGroup(), Objects.requireNonNull(task, "task"), Objects.requireNonNull(name, "name"), 0, false);
        thread.setDaemon(true);
        thread.setPriority(Thread.NORM_PRIORITY);
        thread.setContextClassLoader(BareThreads.class.getClassLoader());
        return thread;
    }

    /**
     * Makes them one by one, all of one name.
     *
     * @param name their name
     * @return a factory
     */
    public static ThreadFactory named(String name) {
        return task -> make(name, task);
    }

    /**
     * Makes them one by one, numbered from 0.
     *
     * @param prefix what their names begin with
     * @return a factory
     */
    public static ThreadFactory numbered(String prefix) {
        AtomicLong number = new AtomicLong();
        return task -> make(prefix + number.getAndIncrement(), task);
    }

    private static ThreadGroup outermostGroup() {
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        while (group.getParent() != null) {
            group = group.getParent();
        }
        return group;
    }
}
