-- What applications ask for in transactions of their own: their rows until they are committed, and then the relay's, one at a time. A row tells which
-- tables it is for, so that one that was meant for another database is refused. Two tables, so executors of the version before go on while others have migrated.
-- Every statement may find its work done: a migration that was cut off is simply run again. Whoever runs it by hand puts one UUID of his own for ${store}.

CREATE TABLE IF NOT EXISTS ${prefix}outbox_relay (
    id INTEGER NOT NULL PRIMARY KEY,
    store_id VARCHAR(36) NOT NULL
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC CHARACTER SET utf8mb4 COLLATE ${collation};

INSERT IGNORE INTO ${prefix}outbox_relay (id, store_id) VALUES (1, '${store}');

CREATE TABLE IF NOT EXISTS ${prefix}outbox (
    position BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    workflow_id VARCHAR(255) NOT NULL,
    name VARCHAR(200),
    version INTEGER,
    input LONGTEXT,
    input_hash VARCHAR(64),
    deadline_at BIGINT,
    must_be_new BOOLEAN NOT NULL,
    kind VARCHAR(20),
    message_name VARCHAR(255),
    message_key VARCHAR(255),
    payload LONGTEXT,
    created_at BIGINT NOT NULL,
    connection_id VARCHAR(36) NOT NULL,
    problem VARCHAR(20),
    store_id VARCHAR(36) NOT NULL,
    CONSTRAINT ${prefix}outbox_of_this_store CHECK (store_id = '${store}'),
    INDEX ${prefix}outbox_in_order (problem, position),
    INDEX ${prefix}outbox_of_workflow (workflow_id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC CHARACTER SET utf8mb4 COLLATE ${collation};
