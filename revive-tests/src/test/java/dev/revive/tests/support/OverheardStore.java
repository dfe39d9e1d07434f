// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.support;

import dev.revive.store.ExecutorSeat;
import dev.revive.store.StepStore;
import dev.revive.store.WorkflowStore;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;

/** A store whose every call is heard before it is made, those of its seats and lanes too. */
public final class OverheardStore {
    /** Hears a call. What it throws, the caller gets; and the call is not made. */
    public interface Listener {
        /**
         * A call is about to be made.
         *
         * @param method its name
         * @param arguments its arguments, none if it has none
         */
        void hear(String method, List<?> arguments);

        /**
         * A call was made, and did not throw. What this throws, the caller gets in the place of the answer.
         *
         * @param method its name
         * @param arguments its arguments, none if it has none
         */
        default void made(String method, List<?> arguments) {}
    }

    private final Listener listener;

    private OverheardStore(Listener listener) {
        this.listener = listener;
    }

    /** The store, overheard. */
    public static WorkflowStore of(WorkflowStore store, Listener listener) {
        return new OverheardStore(listener).overheard(WorkflowStore.class, store);
    }

    private <T> T overheard(Class<T> type, T target) {
        InvocationHandler handler = (proxy, method, arguments) -> {
            List<?> given = arguments == null ? List.of() : List.of(arguments);
            listener.hear(method.getName(), given);
            Object answer = invoke(target, method, arguments);
            listener.made(method.getName(), given);
            return overheard(answer);
        };
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private Object overheard(Object answer) {
        if (answer instanceof ExecutorSeat seat) {
            return overheard(ExecutorSeat.class, seat);
        }
        if (answer instanceof List<?> list && !list.isEmpty() && list.get(0) instanceof StepStore) {
            return list.stream()
                    .map(lane -> overheard(StepStore.class, (StepStore) lane))
                    .toList();
        }
        return answer;
    }

    private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
