-- What applications ask for in transactions that are theirs: then the relay's, one at a time. A row tells which tables it is for, so that one that was
-- meant for another database is refused. Two tables, so executors of the version before go on while others have migrated.
-- Every statement may find its work done: a migration that was cut off is simply run again. Whoever runs it by hand puts one UUID of his own for ${store}.

CREATE TABLE IF NOT EXISTS ${prefix}outbox_relay (
    id INTEGER NOT NULL PRIMARY KEY,
    store_id CHARACTER VARYING(36) NOT NULL
);

MERGE INTO ${prefix}outbox_relay (id, store_id) KEY (id) VALUES (1, '${store}');

CREATE TABLE IF NOT EXISTS ${prefix}outbox (
    position BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    workflow_id CHARACTER VARYING(255) NOT NULL,
    name CHARACTER VARYING(200),
    version INTEGER,
    input CHARACTER VARYING,
    input_hash CHARACTER VARYING(64),
    deadline_at BIGINT,
    must_be_new BOOLEAN NOT NULL,
    kind CHARACTER VARYING(20),
    message_name CHARACTER VARYING(255),
    message_key CHARACTER VARYING(255),
    payload CHARACTER VARYING,
    created_at BIGINT NOT NULL,
    connection_id CHARACTER VARYING(36) NOT NULL,
    problem CHARACTER VARYING(20),
    store_id CHARACTER VARYING(36) NOT NULL,
    CONSTRAINT ${prefix}outbox_of_this_store CHECK (store_id = '${store}')
);

CREATE INDEX IF NOT EXISTS ${prefix}outbox_in_order ON ${prefix}outbox (problem, position);

CREATE INDEX IF NOT EXISTS ${prefix}outbox_of_workflow ON ${prefix}outbox (workflow_id);
