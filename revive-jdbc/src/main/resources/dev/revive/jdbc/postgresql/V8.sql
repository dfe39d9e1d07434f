-- A message is found by its key, first of all: an index that begins with the workflow's id looks as good as the primary key for finding it by its position, and
-- then all messages of the workflow are read for each that is received. Executors of the version before go on while others have migrated.
-- Every statement may find its work done: a migration that was cut off is simply run again.

-- What is left of a CREATE INDEX CONCURRENTLY by hand that was cut off has the name, and is good for nothing.
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_index WHERE indexrelid = to_regclass('${prefix}message_by_key') AND NOT indisvalid) THEN
        DROP INDEX ${prefix}message_by_key; END IF; END $$;

CREATE UNIQUE INDEX IF NOT EXISTS ${prefix}message_by_key ON ${prefix}message (message_key, workflow_id);

ALTER TABLE ${prefix}message DROP CONSTRAINT IF EXISTS ${prefix}message_once;
