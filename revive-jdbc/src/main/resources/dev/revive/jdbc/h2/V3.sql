-- What later kinds of calls have to say of themselves, and what an executor has code for. Both may be null, so executors of the version before go on
-- with these tables while others have migrated them.
-- Every statement may find its work done: a migration that was cut off is simply run again.

ALTER TABLE ${prefix}step
    ADD COLUMN IF NOT EXISTS detail CHARACTER VARYING;

ALTER TABLE ${prefix}past_step
    ADD COLUMN IF NOT EXISTS detail CHARACTER VARYING;

ALTER TABLE ${prefix}executor
    ADD COLUMN IF NOT EXISTS types CHARACTER VARYING;
