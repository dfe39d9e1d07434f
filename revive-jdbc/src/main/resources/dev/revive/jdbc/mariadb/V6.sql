-- When a workflow is cancelled if it has not ended. It may be null, so executors of the version before go on with this table while others have
-- migrated it.
-- Every statement may find its work done: a migration that was cut off is simply run again. MySQL cannot say IF NOT EXISTS here; Revive takes the
-- error that such a column is there for its work done.

ALTER TABLE ${prefix}workflow
    ADD COLUMN deadline_at BIGINT;
