-- What people have stopped, rare as what has failed: found without reading the others.
CREATE INDEX IF NOT EXISTS ${prefix}workflow_stopped ON ${prefix}workflow (status, id) INCLUDE (name)
    WHERE status IN ('PAUSED', 'TERMINATED');
