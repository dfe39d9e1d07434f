-- A message is found by its key, first of all: an index that begins with the workflow's id looks as good as the primary key for finding it by its position, and
-- then all messages of the workflow are read for each that is received. Executors of the version before go on while others have migrated.
-- Every statement may find its work done: a migration that was cut off is simply run again.

CREATE UNIQUE INDEX IF NOT EXISTS ${prefix}message_by_key ON ${prefix}message (message_key, workflow_id);

ALTER TABLE ${prefix}message DROP CONSTRAINT IF EXISTS ${prefix}message_once;
