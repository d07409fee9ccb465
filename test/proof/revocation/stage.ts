import type { Answer, Api } from '#test/support/api.ts'
import { settle, type Estate } from '#test/support/estate.ts'
import type { Tenant } from '#test/support/house.ts'
import { teamGroup } from '#test/support/settlers.ts'

export const own = '/strongroom/v1'
export const truefoundry = '/api/svc/v1'
export const prime = '/api/v1'

/** An account with somebody in it who has much that can be taken away. */
export interface Stage {
  readonly admin: Api
  readonly estate: Estate
  readonly victim: Person & { readonly personal: string }
  readonly deputy: Person
  readonly team: { readonly id: string; readonly group: string; readonly secret: string }
  /** Of it nobody is a member but an admin. */
  readonly closed: Shared
  readonly binding: Shared
  readonly environment: { readonly id: string; readonly variable: string; readonly secret: string }
}

export interface Person {
  readonly id: string
  readonly email: string
  readonly token: string
}

export interface Shared {
  readonly group: string
  readonly name: string
  readonly secret: string
  readonly key: string
}

export const made = async (api: Api, path: string, body: object): Promise<Answer> =>
  (await api.post(path, body)).expect(200)

export const put = async (api: Api, path: string, body: object): Promise<Answer> =>
  (await api.send('PUT', path, { body })).expect(200)

async function person(admin: Api, name: string, role: string): Promise<Person> {
  const email = `${name}@example.com`
  const answer = await made(admin, `${own}/users`, { email, role })
  return { id: answer.str('id'), email, token: answer.str('token') }
}

async function shared(admin: Api, name: string): Promise<Shared> {
  const group = (await made(admin, `${own}/groups`, { name, open: false })).str('id')
  const key = `in.${name}`
  const path = `${own}/groups/${group}/secrets`
  const secret = await made(admin, path, { name: key, value: 'shared' })
  return { group, name, secret: secret.str('id'), key }
}

async function environmentOf(api: Api): Promise<Stage['environment']> {
  const id = (await made(api, `${own}/environments`, { name: 'jobs' })).str('id')
  const variable = 'PLAIN'
  await put(api, `${own}/environments/${id}/variables/${variable}`, { value: '1' })
  const secret = await made(api, `${own}/groups/${id}/secrets`, { name: 'KEY', value: 'of a job' })
  return { id, variable, secret: secret.str('id') }
}

export async function stageIn(tenant: Tenant): Promise<Stage> {
  const { admin } = tenant
  const estate = await settle(tenant)
  const victim = await person(admin, 'victim', 'member')
  const mine = await made(admin.as(victim.token), `${own}/groups/personal/secrets`, {
    ...{ name: 'MINE', value: 'of the victim' },
  })
  const id = (await made(admin, `${own}/teams`, { name: 'crew' })).str('id')
  const group = await teamGroup(admin, id)
  const ofTeam = await made(admin, `${own}/groups/${group}/secrets`, {
    name: 'CREW',
    value: 'ours',
  })
  return {
    ...{ admin, estate, victim: { ...victim, personal: mine.str('id') } },
    deputy: await person(admin, 'deputy', 'admin'),
    team: { id, group, secret: ofTeam.str('id') },
    closed: await shared(admin, 'vault-closed'),
    binding: await shared(admin, 'vault-bound'),
    environment: await environmentOf(admin),
  }
}
