// SPDX-License-Identifier: Apache-2.0
package dev.revive.benchmarks;

import java.util.List;
import java.util.Map;

/**
 * What a run found, with everything needed to judge it.
 *
 * @param machine where and when
 * @param configurations who ran how
 * @param notes what was chosen on the way
 * @param findings in the order of the rows
 * @param inside the figures of JMH
 */
record Report(
        Map<String, String> machine,
        Map<String, String> configurations,
        List<String> notes,
        List<Finding> findings,
        List<Inside> inside) {
    long missed() {
        return findings.stream().filter(finding -> !finding.isReached()).count();
    }
}
