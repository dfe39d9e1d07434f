// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import java.util.List;

/**
 * What a workflow's inbox holds, read in one statement.
 *
 * @param wakeSeq the workflow's counter; every message up to it is there, or was received
 * @param messages those that are not received, by position
 */
public record Inbox(long wakeSeq, List<Message> messages) {
    /** Copies the list. */
    public Inbox {
        messages = List.copyOf(messages);
    }
}
