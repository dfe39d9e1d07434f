// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import java.util.List;

/**
 * What a workflow's inbox holds. A message behind the counter may be there: it came during the look.
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
