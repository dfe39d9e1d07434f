// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A connection as a transaction's body may use it: whatever would end or loosen the transaction is refused with a reason. What gets past it all
 * the same, as DDL does, is found by the dialect's mark. Statements left open are closed with it.
 */
final class GuardedConnection implements AutoCloseable {
    private static final Set<String> REFUSED =
            Set.of("commit", "close", "abort", "setAutoCommit", "setTransactionIsolation", "setReadOnly");

    private final Connection real;
    private final Connection guarded;
    private final List<Statement> statements = new ArrayList<>();
    private boolean over;

    GuardedConnection(Connection real) {
        this.real = real;
        this.guarded = proxy(Connection.class, this::onConnection);
    }

    Connection connection() {
        return guarded;
    }

    private @Nullable Object onConnection(Object self, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        String name = method.getName();
        int count = arguments == null ? 0 : arguments.length;
        if (method.getDeclaringClass() == Object.class) {
            return onObject(self, method, arguments);
        }
        if (name.equals("isClosed")) {
            return over;
        }
        if (over) {
            throw new IllegalStateException("The transaction is over: its connection must not leave the body.");
        }
        if (REFUSED.contains(name) || (name.equals("rollback") && count == 0)) {
            throw new IllegalStateException(
                    "%s() is not for the body of ctx.transaction: its rows and the step's checkpoint are committed together, by Revive, after it. To undo, throw an exception."
                            .formatted(name));
        }
        if (name.equals("unwrap") || name.equals("isWrapperFor")) {
            return onWrapper(method, arguments);
        }
        Object result = uninterrupted(real, method, arguments);
        return result instanceof Statement statement ? guarded(statement, method.getReturnType()) : result;
    }

    private @Nullable Object onWrapper(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        boolean asksForConnection =
                arguments != null && arguments[0] instanceof Class<?> type && Connection.class.isAssignableFrom(type);
        if (asksForConnection && method.getName().equals("unwrap")) {
            throw new IllegalStateException(
                    "The connection of ctx.transaction cannot be unwrapped: it must not be committed or closed by its body.");
        }
        return asksForConnection ? (Object) false : uninterrupted(real, method, arguments);
    }

    private Object guarded(Statement statement, Class<?> type) {
        statements.add(statement);
        return proxy(type, (self, method, arguments) -> {
            if (method.getDeclaringClass() == Object.class) {
                return onObject(self, method, arguments);
            }
            return method.getName().equals("getConnection") ? guarded : uninterrupted(statement, method, arguments);
        });
    }

    @SuppressWarnings("ReferenceEquality") // a proxy equals itself only; asking it would come back here
    private static @Nullable Object onObject(Object self, Method method, @Nullable Object @Nullable [] arguments) {
        return switch (method.getName()) {
            case "equals" -> arguments != null && self == arguments[0];
            case "hashCode" -> System.identityHashCode(self);
            default -> "guarded by Revive";
        };
    }

    /** The driver never sees an interrupt: H2 would close the whole database. The body's own code sees it again after the call. */
    private static @Nullable Object uninterrupted(Object target, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        boolean interrupted = Thread.interrupted();
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(
                Proxy.newProxyInstance(GuardedConnection.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    @Override
    public void close() throws SQLException {
        over = true;
        boolean interrupted = Thread.interrupted();
        try {
            for (Statement statement : statements) {
                statement.close();
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
