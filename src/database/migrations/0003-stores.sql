-- Stores beside this database: where they are, where a secret lives in one, and what is to be looked
-- at again there because a write may have been left behind. No value stands in any of them.

CREATE TABLE store (
  id {text} PRIMARY KEY,
  account_id {text} NOT NULL REFERENCES account (id),
  name {text} NOT NULL,
  kind {text} NOT NULL,
  config {text} NOT NULL,
  generation {integer},
  credential {bytes},
  created_at {integer} NOT NULL,
  updated_at {integer} NOT NULL,
  revision {integer} NOT NULL,
  removed_at {integer}
){strict};

CREATE UNIQUE INDEX store_by_name ON store (account_id, name) WHERE removed_at IS NULL;

CREATE TABLE store_task (
  id {text} PRIMARY KEY,
  account_id {text} NOT NULL REFERENCES account (id),
  store_id {text} NOT NULL REFERENCES store (id),
  secret_id {text} NOT NULL,
  path {text} NOT NULL,
  due_at {integer} NOT NULL,
  attempts {integer} NOT NULL,
  claimed {integer} NOT NULL
){strict};

CREATE INDEX store_task_due ON store_task (due_at, id);
CREATE INDEX store_task_of_store ON store_task (store_id);
CREATE INDEX store_task_of_secret ON store_task (secret_id);

ALTER TABLE account ADD COLUMN default_store {text} NOT NULL DEFAULT 'embedded';
ALTER TABLE secret ADD COLUMN store {text} NOT NULL DEFAULT 'embedded';
ALTER TABLE secret ADD COLUMN path {text};

CREATE INDEX secret_in_store ON secret (store, id) WHERE store <> 'embedded';
CREATE INDEX secret_group_in_store ON secret_group (store, id) WHERE store <> 'embedded';
