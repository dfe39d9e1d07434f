-- Times are UTC in microseconds. Payloads are JSON as text: CHARACTER VARYING. It lies in the row; a CLOB of the
-- same size is a chain of rows elsewhere, several times slower, and can vanish under a reader while its row is updated.
-- Every statement may find its work done: a migration that was cut off is simply run again.
-- The tables for messages, schedules and queues come with the migrations that need them.

CREATE TABLE IF NOT EXISTS ${prefix}workflow (
    id CHARACTER VARYING(255) NOT NULL,
    name CHARACTER VARYING(200) NOT NULL,
    version INTEGER NOT NULL,
    status CHARACTER VARYING(20) NOT NULL,
    input CHARACTER VARYING NOT NULL,
    input_hash CHARACTER VARYING(64) NOT NULL,
    output CHARACTER VARYING,
    failure CHARACTER VARYING,
    attention CHARACTER VARYING,
    epoch BIGINT NOT NULL,
    executor_id CHARACTER VARYING(64),
    due_at BIGINT,
    wake_seq BIGINT NOT NULL,
    strikes INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    finished_at BIGINT,
    -- Reserved.
    cancel_requested BOOLEAN DEFAULT FALSE NOT NULL,
    tags CHARACTER VARYING,
    PRIMARY KEY (id)
);

-- Claims read one range per known workflow type, so types nobody here knows are never in the way. Take-over reads the RUNNING part of it, which
-- is short; an index on executor_id alone would cost every start and end more than it saves.
CREATE INDEX IF NOT EXISTS ${prefix}workflow_claim ON ${prefix}workflow (status, name, version, due_at);

CREATE TABLE IF NOT EXISTS ${prefix}step (
    workflow_id CHARACTER VARYING(255) NOT NULL,
    step_id CHARACTER VARYING(401) NOT NULL,
    sequence INTEGER NOT NULL,
    scope CHARACTER VARYING(200) NOT NULL,
    name CHARACTER VARYING(200) NOT NULL,
    kind CHARACTER VARYING(20) NOT NULL,
    status CHARACTER VARYING(20) NOT NULL,
    epoch BIGINT NOT NULL,
    attempt INTEGER NOT NULL,
    zombies INTEGER NOT NULL,
    resolution CHARACTER VARYING(20),
    branches INTEGER NOT NULL,
    serialized_output CHARACTER VARYING,
    failure CHARACTER VARYING,
    first_started_at BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    next_at BIGINT,
    PRIMARY KEY (workflow_id, step_id, sequence),
    -- Two versions of the code cannot both record call 3 of a scope.
    CONSTRAINT ${prefix}step_position UNIQUE (workflow_id, scope, sequence)
);

-- One row per engine start; gone once its workflows are due again.
CREATE TABLE IF NOT EXISTS ${prefix}executor (
    id CHARACTER VARYING(64) NOT NULL,
    name CHARACTER VARYING(255) NOT NULL,
    version CHARACTER VARYING(100) NOT NULL,
    alive BOOLEAN NOT NULL,
    started_at BIGINT NOT NULL,
    heartbeat_at BIGINT NOT NULL,
    lease_until BIGINT NOT NULL,
    PRIMARY KEY (id)
);

-- One row per lane; lane 0 is for claims. Alive as long as it is there: every write transaction locks its row first.
CREATE TABLE IF NOT EXISTS ${prefix}fence (
    executor_id CHARACTER VARYING(64) NOT NULL,
    lane INTEGER NOT NULL,
    PRIMARY KEY (executor_id, lane)
);
