-- When the workflow was started whose past life it is: another may have its id by now, though rows of the first were left behind. It may be null, so
-- executors of the version before go on with this table while others have migrated it.
-- Every statement may find its work done: a migration that was cut off is simply run again. MySQL cannot say IF NOT EXISTS here; Revive takes the
-- error that such a column is there for its work done.

ALTER TABLE ${prefix}past_life
    ADD COLUMN created_at BIGINT;
