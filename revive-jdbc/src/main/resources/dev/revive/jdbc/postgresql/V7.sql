-- What applications ask for in transactions of their own: their rows until they are committed, and then the relay's, one at a time. A row tells which
-- tables it is for, so that one that was meant for another database is refused. Two tables, so executors of the version before go on while others have migrated.
-- Every statement may find its work done: a migration that was cut off is simply run again. Whoever runs it by hand puts one UUID of his own for ${store}.

CREATE TABLE IF NOT EXISTS ${prefix}outbox_relay (
    id INTEGER NOT NULL PRIMARY KEY,
    store_id VARCHAR(36) NOT NULL
);

INSERT INTO ${prefix}outbox_relay (id, store_id) VALUES (1, '${store}') ON CONFLICT DO NOTHING;

CREATE TABLE IF NOT EXISTS ${prefix}outbox (
    position BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    workflow_id VARCHAR(255) COLLATE "C" NOT NULL,
    name VARCHAR(200),
    version INTEGER,
    input TEXT,
    input_hash VARCHAR(64),
    deadline_at BIGINT,
    must_be_new BOOLEAN NOT NULL,
    kind VARCHAR(20),
    message_name VARCHAR(255),
    message_key VARCHAR(255),
    payload TEXT,
    created_at BIGINT NOT NULL,
    connection_id VARCHAR(36) NOT NULL,
    problem VARCHAR(20),
    store_id VARCHAR(36) NOT NULL,
    CONSTRAINT ${prefix}outbox_of_this_store CHECK (store_id = '${store}')
);

-- What is to be delivered, and what cannot be: found in its order without reading the other.
CREATE INDEX IF NOT EXISTS ${prefix}outbox_in_order ON ${prefix}outbox (position) WHERE problem IS NULL;

CREATE INDEX IF NOT EXISTS ${prefix}outbox_problem ON ${prefix}outbox (position) WHERE problem IS NOT NULL;

CREATE INDEX IF NOT EXISTS ${prefix}outbox_of_workflow ON ${prefix}outbox (workflow_id);
