-- {text}, {bytes}, {integer} and {log_place} are the only words in which the two engines differ.

CREATE TABLE installation (
  only_row {integer} PRIMARY KEY CHECK (only_row = 1),
  id {text} NOT NULL,
  created_at {integer} NOT NULL,
  operator {text} NOT NULL,
  root_key {text} NOT NULL,
  server_key {bytes} NOT NULL,
  signing_key {bytes} NOT NULL,
  public_key {bytes} NOT NULL
){strict};

CREATE TABLE account (
  id {text} PRIMARY KEY,
  name {text} NOT NULL UNIQUE,
  authority {integer} NOT NULL,
  created_at {integer} NOT NULL
){strict};

CREATE TABLE account_key (
  account_id {text} NOT NULL REFERENCES account (id),
  generation {integer} NOT NULL,
  wrapped {bytes} NOT NULL,
  root_key {text} NOT NULL,
  created_at {integer} NOT NULL,
  PRIMARY KEY (account_id, generation)
){strict};

CREATE INDEX account_key_by_root_key ON account_key (root_key, account_id, generation);

CREATE TABLE subject (
  id {text} PRIMARY KEY,
  account_id {text} NOT NULL REFERENCES account (id),
  kind {text} NOT NULL CHECK (kind IN ('user', 'service_account')),
  role {text} NOT NULL CHECK (role IN ('admin', 'member')),
  name {text} NOT NULL,
  email {text},
  state {text} NOT NULL CHECK (state IN ('active', 'suspended', 'removed')),
  created_at {integer} NOT NULL
){strict};

CREATE UNIQUE INDEX subject_by_account ON subject (account_id, id);
CREATE UNIQUE INDEX subject_by_email ON subject (account_id, email)
  WHERE state <> 'removed' AND email IS NOT NULL;

CREATE TABLE team (
  id {text} PRIMARY KEY,
  account_id {text} NOT NULL REFERENCES account (id),
  name {text} NOT NULL,
  created_at {integer} NOT NULL,
  created_by {text} NOT NULL,
  deleted_at {integer}
){strict};

CREATE UNIQUE INDEX team_by_account ON team (account_id, id) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX team_by_name ON team (account_id, name) WHERE deleted_at IS NULL;

CREATE TABLE team_member (
  team_id {text} NOT NULL REFERENCES team (id),
  subject_id {text} NOT NULL REFERENCES subject (id),
  added_at {integer} NOT NULL,
  PRIMARY KEY (team_id, subject_id)
){strict};

CREATE INDEX team_member_by_subject ON team_member (subject_id, team_id);

CREATE TABLE token (
  id {text} PRIMARY KEY,
  account_id {text} NOT NULL REFERENCES account (id),
  subject_id {text} NOT NULL REFERENCES subject (id),
  key_id {text} NOT NULL UNIQUE,
  digest {bytes} NOT NULL,
  name {text} NOT NULL,
  scopes {text},
  created_at {integer} NOT NULL,
  expires_at {integer},
  revoked_at {integer},
  revision {integer} NOT NULL
){strict};

CREATE UNIQUE INDEX token_by_subject ON token (subject_id, id);

CREATE TABLE secret_group (
  id {text} PRIMARY KEY,
  account_id {text} NOT NULL REFERENCES account (id),
  kind {text} NOT NULL,
  name {text} NOT NULL,
  owner_kind {text} NOT NULL CHECK (owner_kind IN ('account', 'subject', 'team')),
  owner_id {text} NOT NULL,
  store {text} NOT NULL,
  size {integer} NOT NULL,
  created_at {integer} NOT NULL,
  created_by {text} NOT NULL,
  deleted_at {integer}
){strict};

CREATE UNIQUE INDEX secret_group_by_owner ON secret_group (owner_id, id) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX secret_group_one_of_kind ON secret_group (owner_id, kind)
  WHERE deleted_at IS NULL AND kind <> 'named';
CREATE UNIQUE INDEX secret_group_by_name ON secret_group (account_id, name)
  WHERE deleted_at IS NULL AND kind = 'named';

-- A link is an entry that names another: it has its own id, group and name, and no versions.
CREATE TABLE secret (
  id {text} PRIMARY KEY,
  account_id {text} NOT NULL REFERENCES account (id),
  group_id {text} NOT NULL REFERENCES secret_group (id),
  name {text} NOT NULL,
  links_to {text} REFERENCES secret (id),
  description {text},
  type {text},
  metadata {text},
  file {integer} NOT NULL,
  current_n {integer} NOT NULL,
  latest_n {integer} NOT NULL,
  created_at {integer} NOT NULL,
  created_by {text} NOT NULL,
  created_kind {text} NOT NULL,
  updated_at {integer} NOT NULL,
  updated_by {text},
  updated_kind {text},
  deleted_at {integer},
  revision {integer} NOT NULL,
  row_mac {bytes}
){strict};

CREATE UNIQUE INDEX secret_by_name ON secret (group_id, name) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX secret_by_group ON secret (group_id, id) WHERE deleted_at IS NULL;
CREATE INDEX secret_by_update ON secret (group_id, updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX secret_by_target ON secret (links_to, group_id, id) WHERE links_to IS NOT NULL;
CREATE UNIQUE INDEX secret_one_link ON secret (links_to, group_id)
  WHERE links_to IS NOT NULL AND deleted_at IS NULL;

CREATE TABLE version (
  secret_id {text} NOT NULL REFERENCES secret (id),
  n {integer} NOT NULL,
  state {text} NOT NULL CHECK (state IN ('live', 'deleted', 'destroyed')),
  store {text},
  generation {integer},
  sealed {bytes},
  created_at {integer} NOT NULL,
  created_by {text} NOT NULL,
  created_kind {text} NOT NULL,
  deleted_at {integer}
){strict};

CREATE UNIQUE INDEX version_by_secret ON version (secret_id, n);

CREATE TABLE audit_entry (
  {log_place},
  account_id {text},
  target_id {text},
  record {text} NOT NULL
){strict};

-- Where the entries of an account, or about a thing, stand in the log. Written for many entries at
-- once when the log is sealed: an index would cost every request more than its entry does.
CREATE TABLE audit_place (
  key {text} NOT NULL,
  first_seq {integer} NOT NULL,
  seqs {bytes} NOT NULL,
  PRIMARY KEY (key, first_seq)
){strict};

CREATE TABLE audit_checkpoint (
  size {integer} PRIMARY KEY,
  made_at {integer} NOT NULL,
  note {text} NOT NULL,
  frontier {bytes} NOT NULL
){strict};
