-- Times are UTC in microseconds. Payloads are JSON as text. Keys compare by code point: COLLATE "C" is exact, and its indexes are the cheapest.
-- Every statement may find its work done: a migration that was cut off is simply run again.
-- The fill factors leave room on each page for the states that follow the first: an update that changes no indexed column stays on its page. A
-- page of steps fills with STARTED rows of one batch, and all of them end in the next ones; with less room most ends would go to another page, at
-- the cost of two index entries each, and the table would be no smaller.

CREATE TABLE IF NOT EXISTS ${prefix}workflow (
    id VARCHAR(255) COLLATE "C" NOT NULL,
    name VARCHAR(200) COLLATE "C" NOT NULL,
    version INTEGER NOT NULL,
    status VARCHAR(20) COLLATE "C" NOT NULL,
    input TEXT NOT NULL,
    input_hash VARCHAR(64) NOT NULL,
    output TEXT,
    failure TEXT,
    attention TEXT,
    epoch BIGINT NOT NULL,
    executor_id VARCHAR(64) COLLATE "C",
    due_at BIGINT,
    wake_seq BIGINT NOT NULL,
    strikes INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    finished_at BIGINT,
    -- Reserved.
    cancel_requested BOOLEAN DEFAULT FALSE NOT NULL,
    tags TEXT,
    PRIMARY KEY (id)
) WITH (fillfactor = 80);

-- Claims read one range per known workflow type, so types nobody here knows are never in the way. Take-over reads the RUNNING part of it.
-- What is over is in neither: most workflows are, and their ends would cost an index entry each.
CREATE INDEX IF NOT EXISTS ${prefix}workflow_claim ON ${prefix}workflow (status, name, version, due_at)
    WHERE status IN ('DUE', 'RUNNING', 'NEEDS_ATTENTION');

CREATE TABLE IF NOT EXISTS ${prefix}step (
    workflow_id VARCHAR(255) COLLATE "C" NOT NULL,
    step_id VARCHAR(401) COLLATE "C" NOT NULL,
    sequence INTEGER NOT NULL,
    scope VARCHAR(200) COLLATE "C" NOT NULL,
    name VARCHAR(200) COLLATE "C" NOT NULL,
    kind VARCHAR(20) NOT NULL,
    status VARCHAR(20) NOT NULL,
    epoch BIGINT NOT NULL,
    attempt INTEGER NOT NULL,
    zombies INTEGER NOT NULL,
    resolution VARCHAR(20),
    branches INTEGER NOT NULL,
    serialized_output TEXT,
    failure TEXT,
    first_started_at BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    next_at BIGINT,
    PRIMARY KEY (workflow_id, step_id, sequence),
    -- Two versions of the code cannot both record call 3 of a scope.
    CONSTRAINT ${prefix}step_position UNIQUE (workflow_id, scope, sequence)
) WITH (fillfactor = 45);

-- One row per engine start; gone once its workflows are due again.
CREATE TABLE IF NOT EXISTS ${prefix}executor (
    id VARCHAR(64) COLLATE "C" NOT NULL,
    name VARCHAR(255) NOT NULL,
    version VARCHAR(100) NOT NULL,
    alive BOOLEAN NOT NULL,
    started_at BIGINT NOT NULL,
    heartbeat_at BIGINT NOT NULL,
    lease_until BIGINT NOT NULL,
    PRIMARY KEY (id)
);

-- One row per lane; lane 0 is for claims. Alive as long as it is there: every write transaction locks its row first.
CREATE TABLE IF NOT EXISTS ${prefix}fence (
    executor_id VARCHAR(64) COLLATE "C" NOT NULL,
    lane INTEGER NOT NULL,
    PRIMARY KEY (executor_id, lane)
);
