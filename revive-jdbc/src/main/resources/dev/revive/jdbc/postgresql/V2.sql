-- What workflows were before they failed and were retried, apart from what is replayed. Tables only are added, so executors of the version before
-- go on with these tables while others have migrated them.
-- Every statement may find its work done: a migration that was cut off is simply run again.

CREATE TABLE IF NOT EXISTS ${prefix}past_life (
    workflow_id VARCHAR(255) COLLATE "C" NOT NULL,
    epoch BIGINT NOT NULL,
    failure TEXT NOT NULL,
    finished_at BIGINT NOT NULL,
    retried_at BIGINT NOT NULL,
    PRIMARY KEY (workflow_id, epoch)
);

-- Rows of the step table as they were, and the life they were of: its epoch in the table above.
CREATE TABLE IF NOT EXISTS ${prefix}past_step (
    workflow_id VARCHAR(255) COLLATE "C" NOT NULL,
    life BIGINT NOT NULL,
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
    PRIMARY KEY (workflow_id, life, step_id, sequence)
);
