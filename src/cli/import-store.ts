import type { StrongroomClient } from '#client/client.ts'
import type { ImportPlan } from '#client/wire.ts'
import type { Context } from './command.ts'
import { table } from './text.ts'

type Step = ImportPlan['data'][number]

const words: Readonly<Record<Step['change'], string>> = {
  new: 'new secret',
  taken: 'the name is taken: left out',
  clash: 'others come to the same name: left out',
  unnamed: 'no name can be made of it: left out',
}

interface From {
  readonly store: string
  readonly prefix: string
}

/** Shows what of a store would be secrets of a group, and if `really` makes them. */
export async function importStore(
  { client, show }: { readonly client: StrongroomClient; readonly show: Context['show'] },
  { store, prefix }: From,
  word: string,
  really: boolean,
): Promise<void> {
  const { id: group } = await client.group(word)
  const { data: steps, more } = await client.planImport(store, group, prefix)
  if (really) for (const step of steps) await adopt(client, store, group, step)
  show({ group, applied: really, secrets: steps, more }, () => {
    const rows = steps.map(({ path, name, change }) => [path, name ?? '-', words[change]])
    const rest = more ? '\nthe store holds more: name a longer prefix\n' : ''
    const end = really ? '' : '\nnothing is changed yet: --apply does it\n'
    return table(['PATH', 'NAME', 'WHAT'], rows) + rest + end
  })
}

async function adopt(client: StrongroomClient, store: string, group: string, step: Step) {
  const { path, name, change } = step
  if (change === 'new' && name !== null) await client.importSecret(store, { group, path, name })
}
