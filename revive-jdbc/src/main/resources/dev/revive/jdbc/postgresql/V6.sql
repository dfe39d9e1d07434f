-- When a workflow is cancelled if it has not ended. It may be null, so executors of the version before go on with this table while others have
-- migrated it.
-- Every statement may find its work done: a migration that was cut off is simply run again.

ALTER TABLE ${prefix}workflow
    ADD COLUMN IF NOT EXISTS deadline_at BIGINT;

-- Those that people have to look at in time.
CREATE INDEX IF NOT EXISTS ${prefix}workflow_deadline ON ${prefix}workflow (deadline_at)
    WHERE deadline_at IS NOT NULL AND status IN ('PAUSED', 'NEEDS_ATTENTION');

-- What people have stopped, rare as what has failed: found without reading the others.
CREATE INDEX IF NOT EXISTS ${prefix}workflow_stopped ON ${prefix}workflow (status, id) INCLUDE (name)
    WHERE status IN ('PAUSED', 'TERMINATED');
