-- What later kinds of calls have to say of themselves, and what an executor has code for. Both may be null, so executors of the version before go on
-- with these tables while others have migrated them.
-- Every statement may find its work done: a migration that was cut off is simply run again. MySQL cannot say IF NOT EXISTS here; Revive takes the
-- error that such a column is there for its work done.

ALTER TABLE ${prefix}step
    ADD COLUMN detail LONGTEXT;

ALTER TABLE ${prefix}past_step
    ADD COLUMN detail LONGTEXT;

ALTER TABLE ${prefix}executor
    ADD COLUMN types LONGTEXT;
