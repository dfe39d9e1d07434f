-- Which call of which workflow started this one. They may be null, so executors of the version before go on with this table while others have
-- migrated it; but one of them that ends a child does not tell its parent, so let no parent start children before all executors have this version.
-- Every statement may find its work done: a migration that was cut off is simply run again.

ALTER TABLE ${prefix}workflow
    ADD COLUMN IF NOT EXISTS parent_id VARCHAR(255) COLLATE "C";

ALTER TABLE ${prefix}workflow
    ADD COLUMN IF NOT EXISTS parent_call VARCHAR(255) COLLATE "C";
