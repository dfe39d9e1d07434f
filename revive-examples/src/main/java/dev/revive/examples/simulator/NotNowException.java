// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.simulator;

/** What a person asked for makes no sense at the moment; the message says why. */
final class NotNowException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotNowException(String message) {
        super(message);
    }
}
