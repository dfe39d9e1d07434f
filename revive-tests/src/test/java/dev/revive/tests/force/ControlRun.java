// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.force;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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

/**
 * A child process: for each line that it is told, runs the tests which that names, with the classes of a directory in front of the product's, and says how each
 * ended. Each line has classes of its own of all that is Revive's, and shares those of the libraries, which take most of the time to load.
 */
final class ControlRun {
    /**
     * {@code Class#method}, or {@code Class>Nested#method} for a test that a class has or inherits in a nested class; {@code Class@1>Nested#method},
     * or {@code Class@1#method}, for one of a class that runs in several settings, in the first of them.
     */
    private static final Pattern TEST = Pattern.compile("([^@>#]+)(?:@(\\d+))?(?:>([^#]+))?#(.+)");

    static final String PASSED = "CONTROL PASSED ";
    static final String ASSERTION_FAILED = "CONTROL ASSERTION FAILED ";
    static final String BROKE = "CONTROL BROKE ";
    static final String ENDED = "CONTROL ENDED";

    private static final String SEPARATOR = "\t";

    private ControlRun() {}

    /** What to tell it. */
    static String line(String classesInFront, List<String> tests) {
        return classesInFront + SEPARATOR + String.join(SEPARATOR, tests);
    }

    public static void main(String[] none) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            List<String> words = List.of(line.split(SEPARATOR));
            Thread.currentThread().setContextClassLoader(new Changed(words.get(0)));
            LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                    .selectors(words.stream().skip(1).map(ControlRun::selector).toList())
                    .configurationParameter("junit.jupiter.execution.parallel.enabled", "false")
                    .build();
            LauncherFactory.create().execute(request, new Teller());
            System.out.println(ENDED);
        }
        Runtime.getRuntime().halt(0); // threads of a mutant may never end
    }

    /** All that is Revive's, tests and all, anew, with changed classes in front; the rest is the process's. */
    private static final class Changed extends URLClassLoader {
        private static final String OURS = "dev.revive.";

        Changed(String classesInFront) throws IOException {
            super(urls(classesInFront), ControlRun.class.getClassLoader());
        }

        private static URL[] urls(String classesInFront) throws IOException {
            List<URL> urls = new ArrayList<>();
            if (!classesInFront.isEmpty()) {
                urls.add(Path.of(classesInFront).toUri().toURL());
            }
            for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
                Path path = Path.of(entry);
                if (Files.isDirectory(path) || path.getFileName().toString().startsWith("revive-")) {
                    urls.add(path.toUri().toURL());
                }
            }
            return urls.toArray(URL[]::new);
        }

        @Override
        protected Class<?> loadClass(String name, boolean isResolved) throws ClassNotFoundException {
            if (!name.startsWith(OURS)) {
                return super.loadClass(name, isResolved);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded != null ? loaded : findClass(name);
            }
        }
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
            UniqueId invocation = UniqueId.forEngine("junit-jupiter")
                    .append("class-template", type)
                    .append("class-template-invocation", "#" + setting);
            UniqueId place = nested == null ? invocation : invocation.append("nested-class", nested);
            return DiscoverySelectors.selectUniqueId(place.append("method", method + "()"));
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
