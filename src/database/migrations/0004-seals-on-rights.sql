-- Rows that say who may read bear a seal, from their first writing on: there are none yet. Of the rows
-- of secrets only links do; the others have a MAC of their own.

ALTER TABLE installation ADD COLUMN seal {bytes} NOT NULL;
ALTER TABLE subject ADD COLUMN seal {bytes} NOT NULL;
ALTER TABLE team ADD COLUMN seal {bytes} NOT NULL;
ALTER TABLE token ADD COLUMN seal {bytes} NOT NULL;
ALTER TABLE team_member ADD COLUMN seal {bytes} NOT NULL;
ALTER TABLE secret_group ADD COLUMN seal {bytes} NOT NULL;
ALTER TABLE collaborator ADD COLUMN seal {bytes} NOT NULL;
ALTER TABLE slug ADD COLUMN seal {bytes} NOT NULL;
ALTER TABLE login_challenge ADD COLUMN seal {bytes} NOT NULL;
ALTER TABLE secret ADD COLUMN seal {bytes};
