-- What later kinds of calls have to say of themselves, and what an executor has code for. Both may be null, so executors of the version before go on
-- with these tables while others have migrated them.
-- Every statement may find its work done: a migration that was cut off is simply run again.

ALTER TABLE ${prefix}step
    ADD COLUMN IF NOT EXISTS detail TEXT;

ALTER TABLE ${prefix}past_step
    ADD COLUMN IF NOT EXISTS detail TEXT;

ALTER TABLE ${prefix}executor
    ADD COLUMN IF NOT EXISTS types TEXT;

-- People look for what failed first, and it is rare: without this it would be looked for among all that completed.
CREATE INDEX IF NOT EXISTS ${prefix}workflow_failed ON ${prefix}workflow (status, id) INCLUDE (name)
    WHERE status IN ('FAILED', 'CANCELLED');
