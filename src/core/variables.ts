import type { Action } from '#domain/action.ts'
import type { Fault, Problem } from '#domain/fault.ts'
import type { Grant } from '#domain/grant.ts'
import type { Group, Variable } from '#domain/group.ts'
import { parseId } from '#domain/ids.ts'
import { VARIABLE_CHARACTERS_MAX } from '#domain/limits.ts'
import { nameProblem, textProblem } from '#domain/names.ts'
import { err, ok, type Result } from '#domain/result.ts'
import type { Caller } from '#domain/subject.ts'
import type { Write } from '#ports/database.ts'
import { authorize } from './authorize.ts'
import type { Core } from './core.ts'
import type { EnvironmentRef } from './environments.ts'
import { findGroup, groupTarget } from './locate.ts'
import type { Decision, Refused, Verb } from './perform.ts'

/** Each environment's variables are told in one answer. */
const VARIABLES_MAX = 1_000

const targetOf = ({ id, name }: Variable) => ({ kind: 'variable', id, name }) as const

const missing: Fault = { kind: 'not_found', thing: 'variable' }

/** The environment, and the leave to do this in it. */
async function find<A extends Action>(
  core: Core,
  caller: Caller,
  action: A,
  ref: EnvironmentRef,
): Promise<Result<{ group: Group; grant: Grant<A> }, Refused>> {
  const group = await findGroup(core, caller, ref)
  if (group === null) return err({ fault: { kind: 'not_found', thing: 'environment' } })
  const target = groupTarget(group)
  const grant = authorize(caller, action, { kind: 'group', group, thing: 'environment' }, target)
  return grant.ok ? ok({ group, grant: grant.value }) : err({ fault: grant.error, target })
}

/** What is wrong with what is given of a variable. */
export function variableProblems(given: {
  readonly name?: string | undefined
  readonly value?: string | undefined
  readonly description?: string | null | undefined
}): readonly Problem[] {
  const { name, value, description } = given
  const problems = [
    name === undefined ? null : nameProblem('environment', name, ['body', 'name']),
    value === undefined ? null : textProblem(value, ['body', 'value'], VARIABLE_CHARACTERS_MAX),
    typeof description === 'string' ? textProblem(description, ['body', 'description']) : null,
  ]
  return problems.filter((problem) => problem !== null)
}

/** The variables of an environment, by name. */
export const listVariables: Verb<EnvironmentRef, readonly Variable[], 'variable.list'> = {
  action: 'variable.list',
  async decide(core, caller, ref) {
    const found = await find(core, caller, 'variable.list', ref)
    if (!found.ok) return found.error
    const { group, grant } = found.value
    const variables = await core.database.reads.variables(group.id)
    return { grant, writes: [], answer: () => variables }
  },
}

export interface NewVariable {
  readonly environment: EnvironmentRef
  readonly name: string
  readonly value: string
  readonly description: string | null
}

/**
 * Makes a variable. A job is given one value by one name: a link in the environment may not have
 * the name, but a secret of the environment's own may, and goes before the variable.
 */
export const createVariable: Verb<NewVariable, Variable, 'variable.create'> = {
  action: 'variable.create',
  decide: (core, caller, input) => create(core, caller, 'variable.create', input),
}

async function create<A extends Action>(
  core: Core,
  caller: Caller,
  action: A,
  { environment, ...said }: NewVariable,
): Promise<Decision<A, Variable>> {
  const found = await find(core, caller, action, environment)
  if (!found.ok) return found.error
  const { group } = found.value
  const row = newVariable(core, group, said)
  const granted = authorize(caller, action, asResource(group), targetOf(row))
  if (!granted.ok) return { fault: granted.error }
  const problems = variableProblems(said)
  if (problems.length > 0) return { fault: { kind: 'invalid', problems } }
  const turn = await takingTurns(core, group)
  const fault = (await linkInTheWay(core, group, said.name)) ?? (await tooMany(core, group))
  if (fault !== null) return { fault, target: groupTarget(group) }
  const writes = [...turn, { write: 'variable', row } as const]
  return { grant: granted.value, writes, answer: () => row }
}

const asResource = (group: Group) => ({ kind: 'group', group, thing: 'environment' }) as const

function newVariable(
  core: Core,
  { id: group, account }: Group,
  said: Pick<Variable, 'name' | 'value' | 'description'>,
): Variable {
  const at = core.world.now()
  const id = core.newId<'variable'>()
  return { id, account, group, ...said, createdAt: at, updatedAt: at, revision: 1 }
}

/** No variable and no link come into an environment at the same time, and it is not removed then. */
export async function takingTurns(core: Core, { id }: Group): Promise<readonly Write[]> {
  const state = await core.database.reads.groupState(id)
  // A group that is gone has no revision: the write finds that out, and all is decided again.
  const revision = state?.revision ?? 0
  return [{ write: 'changed-group', id, revision, at: core.world.now() }]
}

async function linkInTheWay(core: Core, group: Group, name: string): Promise<Fault | null> {
  const shown = await core.database.reads.shown(group.id, name)
  const link = shown?.link ?? null
  return link === null ? null : { kind: 'name_taken', thing: 'link' }
}

async function tooMany(core: Core, { id }: Group): Promise<Fault | null> {
  const { length } = await core.database.reads.variables(id)
  if (length < VARIABLES_MAX) return null
  const why = `an environment has at most ${VARIABLES_MAX} variables: delete some first`
  return { kind: 'in_use', thing: 'environment', why }
}

/** Whether a variable of the environment has this name: then no link may take it. */
export async function variableInTheWay(
  core: Core,
  { id }: Group,
  name: string,
): Promise<Fault | null> {
  const variables = await core.database.reads.variables(id)
  const taken = variables.some((variable) => variable.name === name)
  return taken ? { kind: 'name_taken', thing: 'variable' } : null
}

/** How a request names a variable: by its id, or by its name. */
export interface VariableRef {
  readonly environment: EnvironmentRef
  readonly variable: { readonly id: string } | { readonly name: string }
}

async function findVariable(
  core: Core,
  group: Group,
  ref: VariableRef['variable'],
): Promise<Variable | null> {
  const { reads } = core.database
  if ('id' in ref) {
    const id = parseId<'variable'>(ref.id)
    return id === null ? null : reads.variable(group.id, id)
  }
  const variables = await reads.variables(group.id)
  return variables.find(({ name }) => name === ref.name) ?? null
}

/** What is to change; absent members stay. */
export interface VariablePatch {
  readonly name?: string
  readonly value?: string
  readonly description?: string | null
}

export interface UpdateVariable extends VariableRef {
  readonly patch: VariablePatch
}

export const updateVariable: Verb<UpdateVariable, Variable, 'variable.update'> = {
  action: 'variable.update',
  async decide(core, caller, { environment, variable: ref, patch }) {
    const found = await find(core, caller, 'variable.update', environment)
    if (!found.ok) return found.error
    const { group } = found.value
    const variable = await findVariable(core, group, ref)
    if (variable === null) return { fault: missing, target: groupTarget(group) }
    const target = targetOf(variable)
    const grant = authorize(caller, 'variable.update', asResource(group), target)
    if (!grant.ok) return { fault: grant.error, target }
    const problems = variableProblems(patch)
    if (problems.length > 0) return { fault: { kind: 'invalid', problems }, target }
    const row = { ...variable, ...patch }
    if (same(row, variable)) return { grant: grant.value, writes: [], answer: () => variable }
    const turn = await takingTurns(core, group)
    const fault = row.name === variable.name ? null : await linkInTheWay(core, group, row.name)
    if (fault !== null) return { fault, target }
    const next = { ...row, updatedAt: core.world.now(), revision: variable.revision + 1 }
    const writes = [...turn, { write: 'changed-variable', row: next } as const]
    return { grant: grant.value, writes, answer: () => next }
  },
}

/** Sets a variable by its name, whether it is there or not. */
export const putVariable: Verb<NewVariable, Variable, 'variable.update'> = {
  action: 'variable.update',
  async decide(core, caller, input) {
    const { environment, name, ...patch } = input
    const found = await find(core, caller, 'variable.update', environment)
    if (!found.ok) return found.error
    const known = await findVariable(core, found.value.group, { name })
    return known === null
      ? create(core, caller, 'variable.update', input)
      : updateVariable.decide(core, caller, { environment, variable: { id: known.id }, patch })
  },
}

const same = (a: Variable, b: Variable): boolean =>
  a.name === b.name && a.value === b.value && a.description === b.description

export const deleteVariable: Verb<VariableRef, { readonly id: string }, 'variable.delete'> = {
  action: 'variable.delete',
  async decide(core, caller, { environment, variable: ref }) {
    const found = await find(core, caller, 'variable.delete', environment)
    if (!found.ok) return found.error
    const { group } = found.value
    const variable = await findVariable(core, group, ref)
    if (variable === null) return { fault: missing, target: groupTarget(group) }
    const grant = authorize(caller, 'variable.delete', asResource(group), targetOf(variable))
    if (!grant.ok) return { fault: grant.error }
    const { id, revision } = variable
    const writes = [
      ...(await takingTurns(core, group)),
      { write: 'removed-variable', id, revision } as const,
    ]
    return { grant: grant.value, writes, answer: () => ({ id }) }
  },
}
