// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells from a statement's text whether it may leave something on its connection that the transaction's end does not take away: a setting, a
 * temporary table, a lock. Whatever is not known to leave nothing may. What a function or a procedure does is not seen.
 */
final class Leftovers {
    /** With these begins what leaves nothing, in any database. */
    private static final Set<String> PASSING = Set.of(
            "SELECT",
            "WITH",
            "VALUES",
            "TABLE",
            "INSERT",
            "UPDATE",
            "DELETE",
            "MERGE",
            "REPLACE",
            "CALL",
            "EXPLAIN",
            "SHOW",
            "SAVEPOINT",
            "RELEASE",
            "ROLLBACK");

    /** What may stand before the first word: space, comments, brackets, JDBC's escape for a call. */
    private static final Pattern FIRST_WORD =
            Pattern.compile("\\A(?:[\\s({]++|\\?\\s*=|--[^\\n]*\\n|/\\*.*?\\*/)*+([A-Za-z]+)", Pattern.DOTALL);

    /** A setting, unless for the transaction only; a lock that belongs to the session; a second statement. */
    private static final Pattern LASTING = Pattern.compile(
            "set_config\\s*\\((?![^()]*,\\s*true\\s*\\))|advisory_lock|get_lock\\s*\\(|;\\s*\\S",
            Pattern.CASE_INSENSITIVE);

    private Leftovers() {}

    static boolean mayComeOf(String statement) {
        return mayComeOf(statement, Set.of());
    }

    /** @param alsoPassing with what begins, in this database, what leaves nothing as well */
    static boolean mayComeOf(String statement, Set<String> alsoPassing) {
        Matcher first = FIRST_WORD.matcher(statement);
        if (!first.find()) {
            return true;
        }
        String word = first.group(1).toUpperCase(Locale.ROOT);
        boolean isPassing = PASSING.contains(word) || alsoPassing.contains(word);
        return !isPassing || LASTING.matcher(statement).find();
    }
}
