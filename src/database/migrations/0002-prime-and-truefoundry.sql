-- Groups that are shared with some, environments with their variables, what can be brought back
-- after it was deleted, roles given together, names for owners, and logins by challenge.

ALTER TABLE secret_group ADD COLUMN open_to_all {integer} NOT NULL DEFAULT 1;
ALTER TABLE secret_group ADD COLUMN revision {integer} NOT NULL DEFAULT 1;
ALTER TABLE secret_group ADD COLUMN updated_at {integer} NOT NULL DEFAULT 0;
UPDATE secret_group SET updated_at = created_at;

DROP INDEX secret_group_one_of_kind;
CREATE UNIQUE INDEX secret_group_one_of_kind ON secret_group (owner_id, kind)
  WHERE deleted_at IS NULL AND kind <> 'named' AND kind <> 'environment';
CREATE UNIQUE INDEX secret_group_environment ON secret_group (owner_id, name)
  WHERE deleted_at IS NULL AND kind = 'environment';

ALTER TABLE secret ADD COLUMN wipe_at {integer};
CREATE UNIQUE INDEX secret_deleted ON secret (account_id, id) WHERE wipe_at IS NOT NULL;
CREATE INDEX secret_to_wipe ON secret (wipe_at) WHERE wipe_at IS NOT NULL;

ALTER TABLE team_member ADD COLUMN manager {integer} NOT NULL DEFAULT 0;

ALTER TABLE token ADD COLUMN kind {text} NOT NULL DEFAULT 'key';
ALTER TABLE token ADD COLUMN form {text} NOT NULL DEFAULT 'opaque';

CREATE TABLE collaborator (
  group_id {text} NOT NULL REFERENCES secret_group (id),
  grantee_id {text} NOT NULL,
  origin {text} NOT NULL,
  grantee_kind {text} NOT NULL CHECK (grantee_kind IN ('subject', 'team')),
  role {text} NOT NULL CHECK (role IN ('viewer', 'editor', 'admin')),
  PRIMARY KEY (group_id, grantee_id, origin)
){strict};

CREATE INDEX collaborator_by_grantee ON collaborator (grantee_id, group_id);
CREATE INDEX collaborator_by_origin ON collaborator (origin, group_id) WHERE origin <> 'direct';

CREATE TABLE role_binding (
  id {text} PRIMARY KEY,
  account_id {text} NOT NULL REFERENCES account (id),
  name {text} NOT NULL,
  created_at {integer} NOT NULL,
  created_by {text} NOT NULL,
  updated_at {integer} NOT NULL
){strict};

CREATE UNIQUE INDEX role_binding_by_name ON role_binding (account_id, name);

CREATE TABLE variable (
  id {text} PRIMARY KEY,
  account_id {text} NOT NULL REFERENCES account (id),
  group_id {text} NOT NULL REFERENCES secret_group (id),
  name {text} NOT NULL,
  value {text} NOT NULL,
  description {text},
  created_at {integer} NOT NULL,
  updated_at {integer} NOT NULL,
  revision {integer} NOT NULL
){strict};

CREATE UNIQUE INDEX variable_by_name ON variable (group_id, name);

CREATE TABLE manifest (
  owner_id {text} PRIMARY KEY,
  body {text} NOT NULL
){strict};

CREATE TABLE slug (
  owner_id {text} PRIMARY KEY,
  account_id {text} NOT NULL REFERENCES account (id),
  slug {text} NOT NULL
){strict};

CREATE UNIQUE INDEX slug_by_name ON slug (account_id, slug);

CREATE TABLE login_challenge (
  code {text} PRIMARY KEY,
  status_digest {bytes} NOT NULL,
  public_key {text} NOT NULL,
  created_at {integer} NOT NULL,
  expires_at {integer} NOT NULL,
  result {bytes}
){strict};

CREATE INDEX login_challenge_by_end ON login_challenge (expires_at);
