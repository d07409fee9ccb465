import { cliOf } from '#test/cli/run-cli.ts'
import type { Person, Place } from './cast.ts'
import { parsed, succeeded, told } from './commands.ts'
import { call } from './telling.ts'

type Args = readonly string[]

async function printed({ url }: Place, token: string, args: Args): Promise<string> {
  const { code, text, err } = await cliOf({ url, token })(args)
  return succeeded({ code: code ?? 1, out: text, err }, `strongroom ${told(args)}`)
}

/** Runs our own command and tells of it; gives what it printed. */
export async function strongroom(place: Place, as: Person, args: Args): Promise<string> {
  call(as.name, `$ strongroom ${told(args)}`)
  return printed(place, as.token, args)
}

/** Asks our own command without a word, for what the story rests on. */
export async function quietly<T>(
  place: Place,
  { token }: Pick<Person, 'token'>,
  args: Args,
): Promise<T> {
  const text = await printed(place, token, [...args, '--json'])
  return parsed(text, `strongroom ${told(args)}`) as T
}
