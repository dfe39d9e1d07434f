// SPDX-License-Identifier: Apache-2.0
package dev.revive.examples.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionPoolTests {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:mariadb://localhost:1/shop?user=ada&password=hunter2",
                "jdbc:mariadb://ada:hunter2@localhost:1/shop",
                "jdbc:mariadb:/localhost:1/shop?user=ada&password=hunter2",
                "jdbc:mariadb//localhost:1/shop?user=ada&password=hunter2",
                "jdbc:mariadb://localhost:x/shop?user=ada&password=hunter2",
                "jdbc:mariadb://address=(host=localhost)(port=1)/shop?password=hunter2",
                "jdbc:mariadb://localhost/shop&password=hunter2",
                "jdbc:postgresql://ada:hunter2@localhost:1/shop",
                "jdbc:postgresql://localhost:1/shop?user=ada&password=hunter2",
                "jdbc:postgresql:/localhost:1/shop?password=hunter2",
                "jdbc:nothing://ada:hunter2@localhost/shop",
                "jdbc:h2:tcp://localhost:1/shop;PASSWORD=hunter2",
                "jdbc:mariadb://ada:hunter2&more@localhost:1/shop",
                "jdbc:mariadb://ada:hunter2;more@localhost:1/shop?user=ada",
                "jdbc:mariadb://ada:more?hunter2@localhost:1/shop",
                "jdbc:mariadb://localhost:1/shop?password=more@hunter2",
                "jdbc:mariadb://localhost:1/shop?password=more//hunter2",
                "jdbc:mariadb://localhost:1/shop?password=more&hunter2",
                "jdbc:mariadb://localhost:1/shop?password=more;hunter2",
                "jdbc:mariadb://localhost:1/shop?password=more\nhunter2",
                "jdbc:postgresql://ada:hunter2&more@localhost:1/shop",
                "jdbc:nothing:ada:hunter2&more@localhost/shop",
                "ada:hunter2&more@localhost/shop"
            })
    void aUrlThatCannotBeOpenedIsSaidWithoutItsPassword(String url) {
        assertThatThrownBy(() -> ConnectionPool.open(url))
                .satisfies(e -> assertThat(e.getMessage())
                        .startsWith("Cannot open the database ")
                        .doesNotContain("hunter2"));
        assertThat(ConnectionPool.withoutSecrets(url)).doesNotContain("hunter2");
    }
}
