// SPDX-License-Identifier: Apache-2.0
package dev.revive.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Array;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A connection as a transaction's body may use it: whatever would end or loosen the transaction is refused with a reason. What gets past it all
 * the same, as DDL does, is found by the dialect's mark. Whatever could lead back to the connection, a statement, a result, the metadata, is
 * guarded as well, and leads to the guard. Statements left open are closed with it.
 *
 * <p>It notes what may outlive the transaction, as a {@code SET} does: such a connection is not for others any more.
 */
final class GuardedConnection implements AutoCloseable {
    private static final Set<String> REFUSED =
            Set.of("commit", "close", "abort", "setAutoCommit", "setTransactionIsolation", "setReadOnly");

    /** Of these calls something stays with the connection. */
    private static final Set<String> STAYING = Set.of(
            "setCatalog",
            "setClientInfo",
            "setHoldability",
            "setNetworkTimeout",
            "setSchema",
            "setShardingKey",
            "setShardingKeyIfValid",
            "setTypeMap",
            "unwrap");

    /** What leads back to the connection; the special before the general. */
    private static final List<Class<?>> LEADING_BACK = List.of(
            CallableStatement.class,
            PreparedStatement.class,
            Statement.class,
            ResultSet.class,
            DatabaseMetaData.class,
            Array.class);

    private static final String ONLY_REVIVE =
            "%s() is not for the body of ctx.transaction or revive.transact: all that belongs to it is committed together, by Revive, after it. To undo, throw an exception.";

    private final Connection guarded;
    private final Database database;
    private final List<Long> posted = new ArrayList<>();
    private final List<Statement> statements = new ArrayList<>();
    private final IdentityHashMap<Object, Object> guards = new IdentityHashMap<>();
    private boolean isRolledBack;
    private boolean isChanged;
    private boolean over;

    /** @param database whose connection it is */
    GuardedConnection(Connection real, Database database) {
        this.database = database;
        this.guarded = (Connection) Proxy.newProxyInstance(
                GuardedConnection.class.getClassLoader(),
                new Class<?>[] {Connection.class, Guarded.class},
                new OnConnection(real));
    }

    Connection connection() {
        return guarded;
    }

    /** What a guarded connection is, too. */
    interface Guarded {
        GuardedConnection guard();
    }

    /** The guard that a connection is behind, whoever has wrapped it; null if it is none of these. */
    static @Nullable GuardedConnection of(Connection connection) throws SQLException {
        if (connection instanceof Guarded guarded) {
            return guarded.guard();
        }
        return connection.isWrapperFor(Guarded.class)
                ? connection.unwrap(Guarded.class).guard()
                : null;
    }

    /** Refuses the connection of another store. */
    @SuppressWarnings("ReferenceEquality") // each store has its own
    void requireOf(Database wanted) {
        if (database != wanted) {
            throw new IllegalStateException(
                    "This connection is of a transaction on another store than this engine's. What is asked for here would not be part of it.");
        }
    }

    /** The body has put something into the outbox. */
    void posted(long position) {
        posted.add(position);
    }

    /** Where in the outbox the body has put something. */
    List<Long> posted() {
        return posted;
    }

    /** Whether the body has left something on the connection that its transaction's end does not undo. */
    boolean isChanged() {
        return isChanged;
    }

    /** A body that asked for a rollback has to end with an exception: only that tells what made it do so. */
    void requireNotRolledBack() {
        if (isRolledBack) {
            throw new IllegalStateException(ONLY_REVIVE.formatted("rollback"));
        }
    }

    // ---- the guards

    /** Stands before an object of the driver or of the pool. */
    private class Guard implements InvocationHandler {
        private final Object real;

        Guard(Object real) {
            this.real = real;
        }

        Object real() {
            return real;
        }

        @Override
        public @Nullable Object invoke(Object self, Method method, @Nullable Object @Nullable [] arguments)
                throws Throwable {
            if (method.getDeclaringClass() == Object.class) {
                return onObject(self, method, arguments);
            }
            String name = method.getName();
            if (over && !name.equals("close") && !name.equals("isClosed")) {
                throw new IllegalStateException("The transaction is over: its connection must not leave the body.");
            }
            if (arguments != null && arguments.length > 0) {
                if (arguments[0] instanceof Class<?> type && name.equals("unwrap")) {
                    return unwrapped(self, method, type);
                }
                if (arguments[0] instanceof Class<?> type && name.equals("isWrapperFor")) {
                    return maySee(self, type) && Boolean.TRUE.equals(uninterrupted(real, method, arguments));
                }
                if (arguments[0] instanceof String text && isStatement(name)) {
                    isChanged |= database.dialect().mayLeaveSomething(text);
                }
            }
            return guarded(uninterrupted(real, method, unguarded(arguments)));
        }

        private Object unwrapped(Object self, Method method, Class<?> type) throws Throwable {
            if (!maySee(self, type)) {
                throw new IllegalStateException(
                        "The connection of ctx.transaction cannot be unwrapped as %s: it must not be committed or closed by its body. An interface of the driver can be had."
                                .formatted(type.getName()));
            }
            isChanged = true;
            return proxy(type, new Guard(Objects.requireNonNull(uninterrupted(real, method, new Object[] {type}))));
        }

        /** An interface of the driver's own; what could be cast to a connection stays hidden. */
        private boolean maySee(Object self, Class<?> type) {
            return type.isInterface()
                    && !type.isInstance(self)
                    && !Connection.class.isAssignableFrom(type)
                    && !type.isAssignableFrom(Connection.class);
        }
    }

    private final class OnConnection extends Guard {
        OnConnection(Connection real) {
            super(real);
        }

        @Override
        public @Nullable Object invoke(Object self, Method method, @Nullable Object @Nullable [] arguments)
                throws Throwable {
            String name = method.getName();
            if (method.getDeclaringClass() == Guarded.class) {
                return GuardedConnection.this;
            }
            if (arguments != null && arguments.length == 1 && arguments[0] == Guarded.class) {
                return name.equals("unwrap") ? self : true;
            }
            if (name.equals("isClosed")) {
                return over;
            }
            if (over) {
                return super.invoke(self, method, arguments);
            }
            if (name.equals("rollback") && arguments == null) {
                isRolledBack = true; // for what the caller throws next to be seen, and not this
                return null;
            }
            if (name.equals("setAutoCommit") && arguments != null && Boolean.FALSE.equals(arguments[0])) {
                return null; // as it is
            }
            if (REFUSED.contains(name)) {
                throw new IllegalStateException(ONLY_REVIVE.formatted(name));
            }
            if (isRolledBack && isStatement(name)) {
                requireNotRolledBack();
            }
            isChanged |= STAYING.contains(name);
            return super.invoke(self, method, arguments);
        }
    }

    private static boolean isStatement(String name) {
        return name.startsWith("prepare")
                || name.startsWith("execute")
                || name.equals("addBatch")
                || name.equals("createStatement");
    }

    @SuppressWarnings("ReferenceEquality") // a proxy equals itself only; asking it would come back here
    private static @Nullable Object onObject(Object self, Method method, @Nullable Object @Nullable [] arguments) {
        return switch (method.getName()) {
            case "equals" -> arguments != null && self == arguments[0];
            case "hashCode" -> System.identityHashCode(self);
            default -> "guarded by Revive";
        };
    }

    // ---- there and back

    private @Nullable Object guarded(@Nullable Object answer) {
        if (answer instanceof Connection) {
            return guarded;
        }
        for (Class<?> type : LEADING_BACK) {
            if (type.isInstance(answer)) {
                return answer instanceof Statement statement ? known(statement, type) : proxy(type, new Guard(answer));
            }
        }
        return answer;
    }

    /** The same one each time: a result leads back to the statement that it came from. */
    private Object known(Statement statement, Class<?> type) {
        return guards.computeIfAbsent(statement, first -> {
            statements.add(statement);
            return proxy(type, new Guard(statement));
        });
    }

    /** What was guarded is given to the driver as it is. */
    private static @Nullable Object @Nullable [] unguarded(@Nullable Object @Nullable [] arguments) {
        if (arguments == null) {
            return null;
        }
        @Nullable Object[] real = arguments.clone();
        for (int i = 0; i < real.length; i++) {
            Object argument = real[i];
            if (argument != null
                    && Proxy.isProxyClass(argument.getClass())
                    && Proxy.getInvocationHandler(argument) instanceof Guard guard) {
                real[i] = guard.real();
            }
        }
        return real;
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

    private static Object proxy(Class<?> type, InvocationHandler handler) {
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler);
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
