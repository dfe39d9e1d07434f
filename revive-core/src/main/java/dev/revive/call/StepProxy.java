// SPDX-License-Identifier: Apache-2.0
package dev.revive.call;

import dev.revive.workflow.Step;
import dev.revive.workflow.StepAttempt;
import dev.revive.workflow.StepBody;
import dev.revive.workflow.StepOptions;
import dev.revive.workflow.TypeRef;
import dev.revive.workflow.WorkflowContext;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes an interface's abstract methods steps. */
final class StepProxy {
    private StepProxy() {}

    static <S> S of(WorkflowContext context, Class<S> type, S implementation, StepOptions options) {
        Objects.requireNonNull(implementation, "implementation");
        Objects.requireNonNull(options, "options");
        if (!type.isInterface()) {
            throw new IllegalArgumentException(
                    "%s is not an interface. Give steps() an interface and what implements it."
                            .formatted(type.getName()));
        }
        for (Method method : type.getMethods()) {
            if (Modifier.isAbstract(method.getModifiers())) {
                step(type, method, null, implementation, options); // refused now rather than at its first call
            }
        }
        InvocationHandler handler = (proxy, method, arguments) -> {
            if (method.getDeclaringClass() == Object.class) {
                return ofObject(proxy, method, arguments, type, implementation);
            }
            if (method.isDefault()) {
                return ofDefault(proxy, method, arguments);
            }
            return context.step(step(type, method, arguments, implementation, options));
        };
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    /** Not by {@link InvocationHandler#invokeDefault}, which refuses an interface that is not public. */
    private static @Nullable Object ofDefault(Object proxy, Method method, Object @Nullable [] arguments)
            throws Throwable {
        Class<?> type = method.getDeclaringClass();
        return MethodHandles.privateLookupIn(type, MethodHandles.lookup())
                .unreflectSpecial(method, type)
                .bindTo(proxy)
                .invokeWithArguments(arguments == null ? new Object[0] : arguments);
    }

    @SuppressWarnings("ReferenceEquality") // a proxy equals itself and nothing else
    private static @Nullable Object ofObject(
            Object proxy, Method method, Object @Nullable [] arguments, Class<?> type, Object implementation) {
        return switch (method.getName()) {
            case "equals" -> arguments != null && proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> "steps of " + type.getSimpleName() + " on " + implementation;
        };
    }

    @SuppressWarnings("unchecked") // the value has the method's return type, whatever that is
    private static Step<Object> step(
            Class<?> type, Method method, Object @Nullable [] arguments, Object implementation, StepOptions options) {
        String name = type.getSimpleName() + "." + method.getName();
        return Step.of(name, (TypeRef<Object>) TypeRef.ofType(boxed(method)), body(method, arguments, implementation))
                .with(options);
    }

    private static Type boxed(Method method) {
        Type type = method.getGenericReturnType();
        return type == void.class ? Void.class : type;
    }

    private static StepBody<Object> body(Method method, Object @Nullable [] arguments, Object implementation) {
        return (StepAttempt attempt) -> {
            try {
                method.trySetAccessible(); // the interface need not be public
                return method.invoke(implementation, arguments);
            } catch (InvocationTargetException e) {
                if (e.getCause() instanceof Error error) {
                    throw error;
                }
                throw (Exception) e.getCause();
            }
        };
    }
}
