-- What workflows were before they failed and were retried, apart from what is replayed. Tables only are added, so executors of the version before
-- go on with these tables while others have migrated them.
-- Every statement may find its work done: a migration that was cut off is simply run again.

CREATE TABLE IF NOT EXISTS ${prefix}past_life (
    workflow_id VARCHAR(255) NOT NULL,
    epoch BIGINT NOT NULL,
    failure LONGTEXT NOT NULL,
    finished_at BIGINT NOT NULL,
    retried_at BIGINT NOT NULL,
    PRIMARY KEY (workflow_id, epoch)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC CHARACTER SET utf8mb4 COLLATE ${collation};

-- Rows of the step table as they were, and the life they were of: its epoch in the table above.
CREATE TABLE IF NOT EXISTS ${prefix}past_step (
    workflow_id VARCHAR(255) NOT NULL,
    life BIGINT NOT NULL,
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
    PRIMARY KEY (workflow_id, life, step_id, sequence)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC CHARACTER SET utf8mb4 COLLATE ${collation};
