-- What comes for a workflow from outside, or from another one: its inbox. And what a workflow in nobody's hands waits for; null: anything. A table and a
-- column that may be null, so executors of the version before go on with these tables while others have migrated them.
-- Every statement may find its work done: a migration that was cut off is simply run again.

CREATE TABLE IF NOT EXISTS ${prefix}message (
    workflow_id CHARACTER VARYING(255) NOT NULL,
    position BIGINT NOT NULL,
    kind CHARACTER VARYING(20) NOT NULL,
    name CHARACTER VARYING(255) NOT NULL,
    message_key CHARACTER VARYING(255) NOT NULL,
    payload CHARACTER VARYING,
    sent_at BIGINT NOT NULL,
    received_at BIGINT,
    PRIMARY KEY (workflow_id, position),
    CONSTRAINT ${prefix}message_once UNIQUE (workflow_id, message_key)
);

-- What was received stays for its key, and is not read again.
CREATE INDEX IF NOT EXISTS ${prefix}message_unread ON ${prefix}message (workflow_id, received_at, position);

ALTER TABLE ${prefix}workflow
    ADD COLUMN IF NOT EXISTS waits_for CHARACTER VARYING;
