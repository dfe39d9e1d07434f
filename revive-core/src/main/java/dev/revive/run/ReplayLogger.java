// SPDX-License-Identifier: Apache-2.0
package dev.revive.run;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.NOPLoggingEventBuilder;

/** A logger that is silent while a scope replays. A proxy, since SLF4J's interface has some sixty methods that all want the same. */
public final class ReplayLogger {
    private static final Set<String> LEVELS = Set.of("trace", "debug", "info", "warn", "error");

    private ReplayLogger() {}

    public static Logger of(String workflowName, BooleanSupplier isReplaying) {
        Logger target = LoggerFactory.getLogger("dev.revive.workflow." + workflowName);
        InvocationHandler handler = (proxy, method, arguments) -> {
            if (isReplaying.getAsBoolean()) {
                if (LEVELS.contains(method.getName())) {
                    return null;
                }
                if (method.getReturnType() == boolean.class && method.getName().startsWith("is")) {
                    return false;
                }
                if (method.getName().startsWith("at") || method.getName().equals("makeLoggingEventBuilder")) {
                    return NOPLoggingEventBuilder.singleton();
                }
            }
            try {
                return method.invoke(target, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        };
        return (Logger) Proxy.newProxyInstance(Logger.class.getClassLoader(), new Class<?>[] {Logger.class}, handler);
    }
}
