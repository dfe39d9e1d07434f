// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.data;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.revive.store.StoreException;
import java.util.stream.Stream;

/** Opens connection pools. */
public final class ConnectionPool {
    private static final int SIZE = 8;

    private ConnectionPool() {}

    /**
     * A pool for a database.
     *
     * @param url its JDBC URL
     * @return the pool; whoever opens it closes it
     * @throws StoreException if the database cannot be reached; it names neither user and password nor the name of an H2 database, which may be a key
     */
    public static HikariDataSource open(String url) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(SIZE);
        try {
            return new HikariDataSource(config);
        } catch (RuntimeException e) {
            throw new StoreException("Cannot open the database " + withoutSecrets(url) + ": " + reason(e, url), e);
        }
    }

    /**
     * A URL that may be shown: without user, password and parameters, and without the name of an H2 database, which may be a key. Where there is an
     * {@code @}, of a user or in a password, nobody can tell where either ends, for a password may hold any character: then only the kind is left.
     *
     * @param url a JDBC URL, or what somebody took for one
     * @return what is left of it
     */
    public static String withoutSecrets(String url) {
        if (url.contains("@")) {
            return url.replaceFirst("(?s)^(jdbc:\\w+:)?.*", "$1...");
        }
        String bare = url.replaceFirst("(?s)[;?&].*", "").replaceFirst("(?si)(password|pwd)=.*", "");
        return bare.startsWith("jdbc:h2:tcp:") ? bare.replaceAll("[^/]*$", "...") : bare;
    }

    /** Drivers like to say the URL again, or what they took for a part of it. Of theirs only that is said which holds nothing of ours. */
    private static String reason(RuntimeException e, String url) {
        String message = String.valueOf(e.getMessage());
        boolean holdsSecrets = message.contains("jdbc:")
                || Stream.of(url.split("[:/?&;=@,]+"))
                        .skip(2) // jdbc, and the kind of database
                        .anyMatch(part -> part.length() > 2 && message.contains(part));
        return holdsSecrets ? e.getClass().getSimpleName() : message;
    }
}
