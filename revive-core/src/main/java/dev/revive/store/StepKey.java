// SPDX-License-Identifier: Apache-2.0
package dev.revive.store;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * The place of a call in its workflow. Keys depend on the program, never on scheduling: every scope counts its calls from 1, and the branches
 * of call {@code n} open the scopes {@code n.1}, {@code n.2} and so on below their own.
 *
 * @param scope "" for the workflow's own function, {@code 2.1} for the first branch of its second call, {@code 2.1.3.2} below that
 * @param sequence the call's number in its scope, from 1
 * @param name the name that the workflow gave it
 */
public record StepKey(String scope, int sequence, String name) {
    /** The longest scope, in characters: some 40 parallels inside each other. */
    public static final int MAX_SCOPE = 200;

    private static final Pattern NEEDS_ESCAPE = Pattern.compile("(~|[0-9]+\\.[0-9][0-9.]*/).*", Pattern.DOTALL);

    /** Checks the parts. */
    public StepKey {
        Objects.requireNonNull(scope, "scope");
        Objects.requireNonNull(name, "name");
        if (sequence < 1) {
            throw new IllegalArgumentException("Sequences start at 1, not " + sequence + ".");
        }
    }

    /**
     * The step's id in the table: the name at the root, {@code 2.1/name} in a branch. A root name that starts with {@code ~} or looks like a
     * scope prefix has {@code ~} in front, so no two keys share an id and sequence.
     *
     * @return at most 401 characters
     */
    public String stepId() {
        if (!scope.isEmpty()) {
            return scope + "/" + name;
        }
        return needsEscape() ? "~" + name : name;
    }

    /** Most names begin with a letter, and each step asks several times. */
    private boolean needsEscape() {
        char first = name.isEmpty() ? 'a' : name.charAt(0);
        return (first == '~' || (first >= '0' && first <= '9'))
                && NEEDS_ESCAPE.matcher(name).matches();
    }

    /**
     * The scope of one branch of this call.
     *
     * @param branch the branch's number, from 1
     * @return for example {@code 2.1}
     */
    public String branchScope(int branch) {
        return (scope.isEmpty() ? "" : scope + ".") + sequence + "." + branch;
    }

    /**
     * The position for people.
     *
     * @return {@code #3} at the root, {@code 2.1#3} in a branch
     */
    public String position() {
        return scope + "#" + sequence;
    }

    @Override
    public String toString() {
        return stepId() + "#" + sequence;
    }
}
