import type { CollaboratorRow, GroupRow, VariableRow } from '#database/rows.ts'
import type { WithSeal } from '#database/seals.ts'
import { statement } from '#database/statement.ts'

const GROUP =
  'id, account_id, kind, name, owner_kind, owner_id, store, open_to_all, created_at, created_by, seal'

type SealedGroup = GroupRow & WithSeal
type SealedCollaborator = CollaboratorRow & WithSeal

export const getGroup = statement<{ account: string; id: string }, SealedGroup>(
  'get-group',
  `SELECT ${GROUP} FROM secret_group
   WHERE id = :id AND account_id = :account AND deleted_at IS NULL`,
)

// Found by one index and read by another, so that what it was found by is read from the row (secrets.ts).

export const getOwnGroup = statement<{ owner: string; kind: string }, SealedGroup>(
  'get-own-group',
  `SELECT ${GROUP} FROM secret_group WHERE id =
     (SELECT id FROM secret_group
      WHERE owner_id = :owner AND kind = :kind AND deleted_at IS NULL
        AND kind <> 'named' AND kind <> 'environment')`,
)

export const getNamedGroup = statement<{ account: string; name: string }, SealedGroup>(
  'get-named-group',
  `SELECT ${GROUP} FROM secret_group WHERE id =
     (SELECT id FROM secret_group
      WHERE account_id = :account AND name = :name AND kind = 'named' AND deleted_at IS NULL)`,
)

export const listGroupsOf = statement<{ owner: string; after: string; limit: number }, SealedGroup>(
  'list-groups-of',
  `SELECT ${GROUP} FROM secret_group
   WHERE owner_id = :owner AND deleted_at IS NULL AND id > :after ORDER BY id LIMIT :limit`,
)

export const getGroupSize = statement<{ id: string }, { size: number }>(
  'get-group-size',
  `SELECT size FROM secret_group WHERE id = :id`,
)

export const addGroup = statement<SealedGroup>(
  'add-group',
  `INSERT INTO secret_group (${GROUP}, updated_at, size, revision)
   VALUES (:id, :account_id, :kind, :name, :owner_kind, :owner_id, :store, :open_to_all, :created_at,
     :created_by, :seal, :created_at, 0, 1)`,
)

/** Only an empty group goes, so that nothing in it is lost by the way. */
export const removeGroup = statement<{ id: string; at: number }>(
  'remove-group',
  `UPDATE secret_group SET deleted_at = :at WHERE id = :id AND deleted_at IS NULL AND size = 0`,
)

/** Finds no row once the group is removed, so nothing is added to one that is gone. */
export const changeGroupSize = statement<{ id: string; by: number }>(
  'change-group-size',
  `UPDATE secret_group SET size = size + :by WHERE id = :id AND deleted_at IS NULL`,
)

export const getAnyGroup = statement<{ account: string; id: string }, SealedGroup>(
  'get-any-group',
  `SELECT ${GROUP} FROM secret_group WHERE id = :id AND account_id = :account`,
)

export const getEnvironment = statement<{ owner: string; name: string }, SealedGroup>(
  'get-environment',
  `SELECT ${GROUP} FROM secret_group WHERE id =
     (SELECT id FROM secret_group
      WHERE owner_id = :owner AND name = :name AND kind = 'environment' AND deleted_at IS NULL)`,
)

export const getGroupState = statement<
  { id: string },
  { size: number; revision: number; updated_at: number }
>(
  'get-group-state',
  `SELECT size, revision, updated_at FROM secret_group WHERE id = :id AND deleted_at IS NULL`,
)

export const changeGroup = statement<{ id: string; revision: number; at: number }>(
  'change-group',
  `UPDATE secret_group SET revision = revision + 1, updated_at = :at
   WHERE id = :id AND revision = :revision AND deleted_at IS NULL`,
)

export const emptyGroup = statement<{ id: string; at: number; size: number }>(
  'empty-group',
  `UPDATE secret_group SET deleted_at = :at, size = 0
   WHERE id = :id AND deleted_at IS NULL AND size = :size`,
)

const COLLABORATOR = 'group_id, grantee_id, origin, grantee_kind, role, seal'

export const listCollaborators = statement<{ group: string }, SealedCollaborator>(
  'list-collaborators',
  `SELECT ${COLLABORATOR} FROM collaborator
   WHERE group_id = :group ORDER BY grantee_id, origin`,
)

export const listCollaborationsFrom = statement<{ origin: string }, SealedCollaborator>(
  'list-collaborations-from',
  `SELECT ${COLLABORATOR} FROM collaborator
   WHERE origin = :origin AND origin <> 'direct' ORDER BY group_id`,
)

export const listCollaborationsOf = statement<{ grantee: string }, SealedCollaborator>(
  'list-collaborations-of',
  `SELECT ${COLLABORATOR} FROM collaborator WHERE grantee_id = :grantee ORDER BY group_id`,
)

export const listTeamCollaborationsOf = statement<{ subject: string }, SealedCollaborator>(
  'list-team-collaborations-of',
  `SELECT c.group_id, c.grantee_id, c.origin, c.grantee_kind, c.role, c.seal
   FROM team_member m
   JOIN team t ON t.id = m.team_id
   JOIN collaborator c ON c.grantee_id = m.team_id
   WHERE m.subject_id = :subject AND t.deleted_at IS NULL`,
)

export const addCollaboration = statement<SealedCollaborator>(
  'add-collaboration',
  `INSERT INTO collaborator (${COLLABORATOR})
   VALUES (:group_id, :grantee_id, :origin, :grantee_kind, :role, :seal)`,
)

export const removeCollaborationsIn = statement<{ group: string; origin: string }>(
  'remove-collaborations-in',
  `DELETE FROM collaborator WHERE group_id = :group AND origin = :origin`,
)

export const removeCollaborationsFrom = statement<{ origin: string }>(
  'remove-collaborations-from',
  `DELETE FROM collaborator WHERE origin = :origin AND origin <> 'direct'`,
)

export const removeGrantee = statement<{ id: string }>(
  'remove-grantee',
  `DELETE FROM collaborator WHERE grantee_id = :id`,
)

const VARIABLE =
  'id, account_id, group_id, name, value, description, created_at, updated_at, revision'

export const listVariables = statement<{ group: string }, VariableRow>(
  'list-variables',
  `SELECT ${VARIABLE} FROM variable WHERE group_id = :group ORDER BY name`,
)

export const getVariable = statement<{ group: string; id: string }, VariableRow>(
  'get-variable',
  `SELECT ${VARIABLE} FROM variable WHERE id = :id AND group_id = :group`,
)

export const addVariable = statement<VariableRow>(
  'add-variable',
  `INSERT INTO variable (${VARIABLE})
   VALUES (:id, :account_id, :group_id, :name, :value, :description, :created_at, :updated_at,
     :revision)`,
)

export const changeVariable = statement<
  Pick<VariableRow, 'id' | 'name' | 'value' | 'description' | 'updated_at' | 'revision'>
>(
  'change-variable',
  `UPDATE variable SET name = :name, value = :value, description = :description,
     updated_at = :updated_at, revision = :revision
   WHERE id = :id AND revision = :revision - 1`,
)

export const removeVariable = statement<{ id: string; revision: number }>(
  'remove-variable',
  `DELETE FROM variable WHERE id = :id AND revision = :revision`,
)

export const removeVariables = statement<{ group: string }>(
  'remove-variables',
  `DELETE FROM variable WHERE group_id = :group`,
)
