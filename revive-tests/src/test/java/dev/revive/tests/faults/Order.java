// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.faults;

import java.util.Locale;

/**
 * What a process is told to do, one line each.
 *
 * @param verb what
 * @param id of the workflow that is to be started or resumed, or of the {@link Mail.Sender} that is to send
 */
record Order(Verb verb, String id) {
    /** The kinds of orders there are. */
    enum Verb {
        START,
        SEND,
        RESUME
    }

    static Order start(String id) {
        return new Order(Verb.START, id);
    }

    static Order send(Mail.Sender sender) {
        return new Order(Verb.SEND, sender.id());
    }

    static Order resume(String id) {
        return new Order(Verb.RESUME, id);
    }

    static Order of(String line) {
        int space = line.indexOf(' ');
        return new Order(Verb.valueOf(line.substring(0, space).toUpperCase(Locale.ROOT)), line.substring(space + 1));
    }

    String line() {
        return verb.name().toLowerCase(Locale.ROOT) + " " + id;
    }

    /** Whether it is about mailboxes, and no errand. */
    boolean isMail() {
        return verb != Verb.START || !id.startsWith(Errand.PREFIX);
    }
}
