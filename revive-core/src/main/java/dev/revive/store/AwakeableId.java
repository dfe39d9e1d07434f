// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import dev.revive.workflow.WorkflowId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which awakeable of which workflow, and the proof that one may complete it. Its text goes round the world; it is the value of the call that made it, and
 * compared with that whole. What other rows hold of it proves nothing.
 *
 * @param workflowId the workflow
 * @param scope the scope of the call that made it
 * @param sequence its number there
 * @param serial a random number that is no secret: after a retry, another awakeable may stand in its place
 * @param text base64url of the random bits, the place and the workflow's id
 */
public record AwakeableId(String workflowId, String scope, int sequence, String serial, String text) {
    private static final int SERIAL = 8;
    private static final int SECRET = 16;
    private static final Pattern PLACE = Pattern.compile("([0-9.]{0,200})#([1-9][0-9]{0,8})/(.+)", Pattern.DOTALL);

    /** Checks what is never null. */
    public AwakeableId {
        Objects.requireNonNull(workflowId, "workflowId");
        Objects.requireNonNull(scope, "scope");
        Objects.requireNonNull(serial, "serial");
        Objects.requireNonNull(text, "text");
    }

    /**
     * One that nobody can guess.
     *
     * @param workflowId the workflow
     * @param call the call that makes it
     * @param chance of which nobody knows what comes next
     * @return an id that there never was before
     */
    public static AwakeableId of(String workflowId, StepKey call, RandomGenerator chance) {
        byte[] place = (call.position() + "/" + workflowId).getBytes(StandardCharsets.UTF_8);
        byte[] random = new byte[SERIAL + SECRET];
        chance.nextBytes(random);
        byte[] all = new byte[random.length + place.length];
        System.arraycopy(random, 0, all, 0, random.length);
        System.arraycopy(place, 0, all, random.length, place.length);
        return parse(Base64.getUrlEncoder().withoutPadding().encodeToString(all))
                .orElseThrow();
    }

    /**
     * Reads what somebody brings.
     *
     * @param text anything
     * @return empty if it is the id of nothing
     */
    public static Optional<AwakeableId> parse(String text) {
        byte[] all = decoded(text);
        if (all == null || all.length < SERIAL + SECRET) {
            return Optional.empty();
        }
        String place = new String(all, SERIAL + SECRET, all.length - SERIAL - SECRET, StandardCharsets.UTF_8);
        Matcher parts = PLACE.matcher(place);
        return parts.matches() ? of(parts, HexFormat.of().formatHex(all, 0, SERIAL), text) : Optional.empty();
    }

    /** What somebody has made up may hold what is no id, such as U+0000, or a number that is too large: no store need know what to do with it. */
    private static Optional<AwakeableId> of(Matcher parts, String serial, String text) {
        try {
            return Optional.of(new AwakeableId(
                    WorkflowId.valid(parts.group(3)), parts.group(1), Integer.parseInt(parts.group(2)), serial, text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static byte @Nullable [] decoded(String text) {
        try {
            return Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /**
     * What its workflow waits for it by: its place, and its number.
     *
     * @return for example {@code 2.1#3 5f0c9e4b1a2d3c4e}; at most 227 characters
     */
    public String name() {
        return scope + "#" + sequence + " " + serial;
    }

    /**
     * The key under which it is completed, once.
     *
     * @return what is unique in the inbox
     */
    public String key() {
        return "a:" + name();
    }

    /**
     * The value of the call that made it.
     *
     * @return JSON
     */
    public String json() {
        return "\"" + text + "\"";
    }

    /**
     * Whether it is this call's. Takes as long for a wrong one as for the right one.
     *
     * @param recorded a call
     * @return true if that made it
     */
    public boolean isOf(StepRecord recorded) {
        String value = recorded.output();
        return value != null
                && MessageDigest.isEqual(
                        value.getBytes(StandardCharsets.UTF_8), json().getBytes(StandardCharsets.UTF_8));
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return name() + " of " + workflowId;
    }
}
