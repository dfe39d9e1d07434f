// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.force;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** A child process: runs the tests that it is told to, says how each ended, and exits. */
final class ControlRun {
    /**
     * {@code Class#method}, or {@code Class>Nested#method} for a test that a class has or inherits in a nested class; {@code Class@1>Nested#method}
     * for one of a class that runs in several settings, in the first of them.
     */
    private static final Pattern TEST = Pattern.compile("([^@>#]+)(?:@(\\d+))?(?:>([^#]+))?#(.+)");

    static final String PASSED = "CONTROL PASSED ";
    static final String ASSERTION_FAILED = "CONTROL ASSERTION FAILED ";
    static final String BROKE = "CONTROL BROKE ";

    private ControlRun() {}

    public static void main(String[] tests) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(Arrays.stream(tests).map(ControlRun::selector).toList())
                .build();
        LauncherFactory.create().execute(request, new Teller());
        System.out.flush();
        Runtime.getRuntime().halt(0); // threads of a mutant may never end
    }

    private static DiscoverySelector selector(String test) {
        Matcher matcher = TEST.matcher(test);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(test);
        }
        String type = matcher.group(1);
        String setting = matcher.group(2);
        String nested = matcher.group(3);
        String method = matcher.group(4);
        if (setting != null) {
            return DiscoverySelectors.selectUniqueId(UniqueId.forEngine("junit-jupiter")
                    .append("class-template", type)
                    .append("class-template-invocation", "#" + setting)
                    .append("nested-class", nested)
                    .append("method", method + "()"));
        }
        return nested == null
                ? DiscoverySelectors.selectMethod(type, method)
                : DiscoverySelectors.selectNestedMethod(List.of(type), nested, method);
    }

    private static final class Teller implements TestExecutionListener {
        private final List<String> told = new ArrayList<>();

        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            Throwable thrown = result.getThrowable().orElse(null);
            if (thrown == null && test.isTest()) {
                say(PASSED + test.getDisplayName());
            } else if (thrown instanceof AssertionError || thrown instanceof ConditionTimeoutException) {
                say(ASSERTION_FAILED + test.getDisplayName() + ": " + firstLine(thrown));
            } else if (thrown != null) {
                say(BROKE + test.getDisplayName() + ": " + firstLine(thrown));
            }
        }

        private static String firstLine(Throwable thrown) {
            return thrown.toString().strip().replaceAll("\\s+", " ");
        }

        private void say(String line) {
            told.add(line);
            System.out.println(line);
        }
    }
}
