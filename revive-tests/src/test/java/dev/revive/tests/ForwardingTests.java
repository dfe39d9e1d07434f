// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.revive.store.ExecutorSeat;
import dev.revive.store.ForwardingLane;
import dev.revive.store.ForwardingSeat;
import dev.revive.store.ForwardingStore;
import dev.revive.store.StepStore;
import dev.revive.store.WorkflowStore;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A method with a default compiles when nobody forwards it, and then answers for the real one. */
class ForwardingTests {
    @Test
    void aStoreForwardsEverything() {
        assertThat(notForwarded(WorkflowStore.class, ForwardingStore.class)).isEmpty();
    }

    @Test
    void aSeatForwardsEverything() {
        assertThat(notForwarded(ExecutorSeat.class, ForwardingSeat.class)).isEmpty();
    }

    @Test
    void aLaneForwardsEverything() {
        assertThat(notForwarded(StepStore.class, ForwardingLane.class)).isEmpty();
    }

    private static List<Method> notForwarded(Class<?> spi, Class<?> forwarding) {
        return Arrays.stream(spi.getMethods())
                .filter(method -> !Modifier.isStatic(method.getModifiers()) && !isDeclared(method, forwarding))
                .toList();
    }

    private static boolean isDeclared(Method method, Class<?> by) {
        try {
            by.getDeclaredMethod(method.getName(), method.getParameterTypes());
            return true;
        } catch (NoSuchMethodException e) {
            return false;
        }
    }
}
