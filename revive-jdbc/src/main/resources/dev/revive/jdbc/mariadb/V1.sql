-- Times are UTC in microseconds. Payloads are JSON as text. Keys compare by code point, trailing blanks included: ${collation}, which is
-- utf8mb4_nopad_bin in MariaDB and utf8mb4_0900_bin in MySQL.
-- Every statement may find its work done: a migration that was cut off is simply run again.
-- The tables for messages, schedules and queues come with the migrations that need them.

CREATE TABLE IF NOT EXISTS ${prefix}workflow (
    id VARCHAR(255) NOT NULL,
    name VARCHAR(200) NOT NULL,
    version INTEGER NOT NULL,
    status VARCHAR(20) NOT NULL,
    input LONGTEXT NOT NULL,
    input_hash VARCHAR(64) NOT NULL,
    output LONGTEXT,
    failure LONGTEXT,
    attention LONGTEXT,
    epoch BIGINT NOT NULL,
    executor_id VARCHAR(64),
    due_at BIGINT,
    wake_seq BIGINT NOT NULL,
    strikes INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    finished_at BIGINT,
    -- Reserved.
    cancel_requested BOOLEAN DEFAULT FALSE NOT NULL,
    tags LONGTEXT,
    PRIMARY KEY (id),
    -- Claims read one range per known workflow type, so types nobody here knows are never in the way. Take-over reads the RUNNING part of it,
    -- which is short; an index on executor_id alone would cost every start and end more than it saves.
    INDEX ${prefix}workflow_claim (status, name, version, due_at)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC CHARACTER SET utf8mb4 COLLATE ${collation};

CREATE TABLE IF NOT EXISTS ${prefix}step (
    workflow_id VARCHAR(255) NOT NULL,
    step_id VARCHAR(401) NOT NULL,
    sequence INTEGER NOT NULL,
    scope VARCHAR(200) NOT NULL,
    name VARCHAR(200) NOT NULL,
    kind VARCHAR(20) NOT NULL,
    status VARCHAR(20) NOT NULL,
    epoch BIGINT NOT NULL,
    attempt INTEGER NOT NULL,
    zombies INTEGER NOT NULL,
    resolution VARCHAR(20),
    branches INTEGER NOT NULL,
    serialized_output LONGTEXT,
    failure LONGTEXT,
    first_started_at BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    next_at BIGINT,
    PRIMARY KEY (workflow_id, step_id, sequence),
    -- Two versions of the code cannot both record call 3 of a scope.
    CONSTRAINT ${prefix}step_position UNIQUE (workflow_id, scope, sequence)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC CHARACTER SET utf8mb4 COLLATE ${collation};

-- One row per engine start; gone once its workflows are due again.
CREATE TABLE IF NOT EXISTS ${prefix}executor (
    id VARCHAR(64) NOT NULL,
    name VARCHAR(255) NOT NULL,
    version VARCHAR(100) NOT NULL,
    alive BOOLEAN NOT NULL,
    started_at BIGINT NOT NULL,
    heartbeat_at BIGINT NOT NULL,
    lease_until BIGINT NOT NULL,
    PRIMARY KEY (id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC CHARACTER SET utf8mb4 COLLATE ${collation};

-- One row per lane; lane 0 is for claims. Alive as long as it is there: every write transaction locks its row first.
CREATE TABLE IF NOT EXISTS ${prefix}fence (
    executor_id VARCHAR(64) NOT NULL,
    lane INTEGER NOT NULL,
    PRIMARY KEY (executor_id, lane)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC CHARACTER SET utf8mb4 COLLATE ${collation};
