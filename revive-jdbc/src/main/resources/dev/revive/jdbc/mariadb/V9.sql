-- Which call of which workflow started this one. They may be null, so executors of the version before go on with this table while others have
-- migrated it; but one of them that ends a child does not tell its parent, so let no parent start children before all executors have this version.
-- Every statement may find its work done: a migration that was cut off is simply run again. MySQL cannot say IF NOT EXISTS here; Revive takes the
-- error that such a column is there for its work done.

ALTER TABLE ${prefix}workflow
    ADD COLUMN parent_id VARCHAR(255);

ALTER TABLE ${prefix}workflow
    ADD COLUMN parent_call VARCHAR(255);
