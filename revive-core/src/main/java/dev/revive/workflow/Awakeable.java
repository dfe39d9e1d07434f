// SPDX-License-Identifier: Apache-2.0
package dev.revive.workflow;

/**
 * What somebody outside completes, once: an id to give away, and a place to wait. Made by {@link WorkflowContext#awakeable(String, Class)}, and good for
 * the run that made it, in any of its branches; a replay makes it again, with the same id.
 *
 * @param <T> the type of what it is completed with, never null
 */
public interface Awakeable<T> {
    /**
     * What whoever completes it must know: give it away in a step, and to nobody else. Whoever has it can complete the awakeable, and nobody can guess
     * it: it holds 192 random bits. It also says which workflow it is of, so it tells that workflow's id.
     *
     * @return characters of URLs only, {@code A-Z a-z 0-9 - _}: some 45 for a workflow id of ten characters, 1,335 at most
     */
    String id();

    /**
     * The name that the workflow gave it.
     *
     * @return for people
     */
    String name();
}
