// SPDX-License-Identifier: Apache-2.0
package dev.revive.codec;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The hash of texts, FIPS 180-4. */
public final class Sha256 {
    /** Never fed, only cloned: every step needs one, and to look for it among the platform's providers costs more than to hash. */
    private static final MessageDigest EMPTY = empty();

    private Sha256() {}

    /**
     * Hashes a text.
     *
     * @param text the text, of which the UTF-8 is hashed
     * @return 32 bytes
     */
    public static byte[] of(String text) {
        try {
            MessageDigest digest = (MessageDigest) EMPTY.clone();
            return digest.digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("The platform's own SHA-256 can be cloned.", e);
        }
    }

    private static MessageDigest empty() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256.", e);
        }
    }
}
