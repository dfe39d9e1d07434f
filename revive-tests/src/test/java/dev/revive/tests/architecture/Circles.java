// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.architecture;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Classes that know each other in a circle, nested ones as a part of the one that they are in: strongly connected components. */
final class Circles {
    private final Map<String, Set<String>> known = new TreeMap<>();

    private Circles(Collection<JavaClass> classes) {
        Set<String> names = new HashSet<>();
        classes.forEach(each -> names.add(outermost(each)));
        for (JavaClass each : classes) {
            for (Dependency dependency : each.getDirectDependenciesFromSelf()) {
                String target = outermost(dependency.getTargetClass());
                if (names.contains(target) && !target.equals(outermost(each))) {
                    known.computeIfAbsent(outermost(each), name -> new TreeSet<>())
                            .add(target);
                }
            }
        }
    }

    /** The circles of two and more, each with the names of its classes. */
    static List<Set<String>> among(Collection<JavaClass> classes) {
        return new Circles(classes).find();
    }

    private static String outermost(JavaClass type) {
        String name = type.getBaseComponentType().getName();
        int nested = name.indexOf('$');
        return nested < 0 ? name : name.substring(0, nested);
    }

    /** Two are in one circle if each is reached from the other. */
    private List<Set<String>> find() {
        Map<String, Set<String>> reached = new HashMap<>();
        known.keySet().forEach(name -> reached.put(name, reachedFrom(name)));
        List<Set<String>> circles = new ArrayList<>();
        Set<String> done = new HashSet<>();
        for (String name : known.keySet()) {
            if (reached.get(name).contains(name) && done.add(name)) {
                Set<String> circle = new TreeSet<>(Set.of(name));
                for (String other : reached.get(name)) {
                    if (reached.getOrDefault(other, Set.of()).contains(name)) {
                        circle.add(other);
                    }
                }
                done.addAll(circle);
                circles.add(circle);
            }
        }
        return circles;
    }

    private Set<String> reachedFrom(String start) {
        Set<String> reached = new TreeSet<>();
        Deque<String> open = new ArrayDeque<>(known.getOrDefault(start, Set.of()));
        while (!open.isEmpty()) {
            String next = open.pop();
            if (reached.add(next)) {
                open.addAll(known.getOrDefault(next, Set.of()));
            }
        }
        return reached;
    }
}
