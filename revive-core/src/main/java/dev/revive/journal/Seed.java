// SPDX-License-Identifier: Apache-2.0
package dev.revive.journal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.UUID;

/** Chance that every run repeats, and keys that every attempt repeats: hashes of a place in a workflow. */
public final class Seed {
    private static final char SEPARATOR = '\0'; // no id and no name contains it

    /** Never fed, only cloned: every step needs one, and to look for it among the platform's providers costs more than to hash. */
    private static final MessageDigest SHA_256 = newSha256();

    private Seed() {}

    /** A UUID of version 4 (RFC 9562, section 5.4) whose 122 bits come from the place, the workflow's start and the number of the draw. */
    public static UUID of(String workflowId, long createdMicros, String scope, int sequence, int draw) {
        ByteBuffer hash = ByteBuffer.wrap(sha256(
                workflowId + SEPARATOR + createdMicros + SEPARATOR + scope + SEPARATOR + sequence + SEPARATOR + draw));
        long high = (hash.getLong() & 0xFFFFFFFFFFFF0FFFL) | 0x4000L;
        long low = (hash.getLong() & 0x3FFFFFFFFFFFFFFFL) | 0x8000000000000000L;
        return new UUID(high, low);
    }

    /** 32 hexadecimal digits that are the same for every attempt at a step, and for nothing else even where an id is used again. */
    public static String idempotencyKey(String workflowId, long createdMicros, String stepId, int sequence) {
        byte[] hash = sha256(workflowId + SEPARATOR + createdMicros + SEPARATOR + stepId + SEPARATOR + sequence);
        return HexFormat.of().formatHex(hash, 0, 16);
    }

    private static byte[] sha256(String text) {
        try {
            MessageDigest digest = (MessageDigest) SHA_256.clone();
            return digest.digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("The platform's own SHA-256 can be cloned.", e);
        }
    }

    private static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256.", e);
        }
    }
}
