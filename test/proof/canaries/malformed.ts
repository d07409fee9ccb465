import { gzipSync } from 'node:zlib'
import type { Body } from '#test/support/calls/call.ts'

/** A body that is not what a route takes, and still holds the canary that was in the right one. */
export interface Malformed {
  readonly what: string
  readonly body: Uint8Array
  readonly headers?: Readonly<Record<string, string>>
  /** Whether it stands where a name or the like does too, and is one if the route takes that. */
  readonly named?: boolean
}

/** A body with one secret in it: as JSON, and where in that the secret begins. */
interface Base {
  readonly body: Body
  readonly text: string
  readonly secret: string
  readonly at: number
  /** The member that the secret is in, or in which it is deeper. */
  readonly member: string
}

type Make = (base: Base) => string | Uint8Array

/** JSON that breaks off, or is broken around the secret. */
const broken: Readonly<Record<string, Make>> = {
  'cut before the secret’s end': ({ text, at, secret }) => text.slice(0, at + secret.length - 1),
  'cut after the secret': ({ text, at, secret }) => text.slice(0, at + secret.length),
  'cut after its quote': ({ text, at, secret }) => text.slice(0, at + secret.length + 1),
  'cut at the last byte': ({ text }) => text.slice(0, -1),
  'begun at the secret': ({ text, at }) => text.slice(at),
  'begun at its quote': ({ text, at }) => text.slice(at - 1),
  'begun at the second byte': ({ text }) => text.slice(1),
  'a comma too many': ({ text }) => text.replace(/\}$/, ',}'),
  'no colons': ({ text }) => text.replaceAll('":', '" '),
  'no quotes': ({ text }) => text.replaceAll('"', ''),
  'single quotes': ({ text }) => text.replaceAll('"', "'"),
  'a comment before': ({ text, secret }) => `/* ${secret} */ ${text}`,
  'a byte order mark': ({ text }) => `\ufeff${text}`,
  'twice in a row': ({ text }) => text + text,
  'something after': ({ text, secret }) => `${text} ${secret}`,
  'a bad escape': (base) => inside(base, '\\q'),
  'a half escape': (base) => inside(base, '\\u12'),
  'a line end': (base) => inside(base, '\n'),
  'an empty byte': (base) => inside(base, '\0'),
  'half a character': (base) => inside(base, '\\ud800'),
  'an escaped empty byte': (base) => inside(base, '\\u0000'),
  'no UTF-8': (base) => Buffer.concat([Buffer.from(inside(base, 'x')), Buffer.of(0xff, 0xfe)]),
  'UTF-16': ({ text }) => Buffer.from(text, 'utf16le'),
  'not a number': ({ body, secret }) => JSON.stringify(body).replace(`"${secret}"`, `NaN${secret}`),
  'a quote in it': (base) => inside(base, '"'),
}

const inside = ({ text, at }: Base, what: string): string =>
  text.slice(0, at + 4) + what + text.slice(at + 4)

/** JSON of another shape. */
const misshapen: Readonly<Record<string, (base: Base) => unknown>> = {
  'in a list': ({ body }) => [body],
  'as a text': ({ text }) => text,
  'the secret alone': ({ secret }) => secret,
  'in another object': ({ body }) => ({ data: body }),
  'deep in lists': ({ text }) => JSON.parse('['.repeat(60) + text + ']'.repeat(60)) as unknown,
  'the secret as a name': ({ body, secret, member }) => ({ ...without(body, member), [secret]: 1 }),
  'in an object': ({ body, secret, member }) => ({ ...body, [member]: { [secret]: secret } }),
  'in a list of its own': ({ body, secret, member }) => ({ ...body, [member]: [secret, secret] }),
  'in a list of objects': ({ body, secret, member }) => ({
    ...body,
    [member]: [{ [secret]: { [secret]: secret } }],
  }),
  'as its own neighbour': ({ body, secret, member }) => ({ ...body, [`${member}s`]: secret }),
  'under a name in capitals': ({ body, member }) => ({
    ...without(body, member),
    [member.toUpperCase()]: body[member],
  }),
  alone: ({ body, member }) => ({ [member]: body[member] }),
  'with a null neighbour': (base) => beside(base, () => null),
  'with neighbours of other types': (base) => beside(base, () => 7),
  'with neighbours of lists': (base) => beside(base, () => [7]),
  'as every neighbour': (base) => beside(base, () => base.secret),
  'as a neighbour too long': (base) => beside(base, () => base.secret.repeat(400)),
  'as a neighbour of odd signs': (base) => beside(base, () => `${base.secret}\r\n\u2028\u001b[31m`),
  'in __proto__': ({ text, secret }) =>
    JSON.parse(text.replace('{', `{"__proto__":{"x":"${secret}"},`)) as unknown,
  'in constructor': ({ body, secret }) => ({ ...body, constructor: { prototype: secret } }),
  'in an odd encoding': ({ body, secret }) => ({ ...body, encoding: secret }),
  'as base64 that is none': ({ body }) => ({ ...body, encoding: 'base64', isFile: true }),
  'too large a secret': ({ body, secret, member }) => ({
    ...body,
    [member]: secret.repeat(Math.ceil(70_000 / secret.length)),
  }),
}

const without = (body: Body, member: string): Body =>
  Object.fromEntries(Object.entries(body).filter(([name]) => name !== member))

const beside = ({ body, member }: Base, of: () => unknown): Body => ({
  ...Object.fromEntries(Object.keys(body).map((name) => [name, of()])),
  [member]: body[member],
})

/** Something else than JSON, or JSON that says it is something else. */
const foreign: Readonly<Record<string, (base: Base) => Omit<Malformed, 'what'>>> = {
  'a form': ({ secret, member }) => ({
    ...typed('application/x-www-form-urlencoded'),
    body: Buffer.from(`${member}=${secret}`),
  }),
  'a multipart form': ({ secret, member }) => ({
    ...typed('multipart/form-data; boundary=x'),
    body: Buffer.from(
      `--x\r\ncontent-disposition: form-data; name="${member}"\r\n\r\n${secret}\r\n--x--`,
    ),
  }),
  'plain text': ({ text }) => ({ ...typed('text/plain'), body: Buffer.from(text) }),
  'no type at all': ({ text }) => ({ ...typed(''), body: Buffer.from(text) }),
  'a type of the secret': ({ text, secret }) => ({
    ...typed(`application/${secret}`),
    body: Buffer.from(text),
  }),
  'a charset of the secret': ({ text, secret }) => ({
    ...typed(`application/json; charset=${secret}`),
    body: Buffer.from(text),
  }),
  compressed: ({ text }) => ({ headers: { 'content-encoding': 'gzip' }, body: gzipSync(text) }),
  'an encoding of the secret': ({ text, secret }) => ({
    headers: { 'content-encoding': secret },
    body: Buffer.from(text),
  }),
}

const typed = (type: string) => ({ headers: { 'content-type': type } })

/** How many there are of each body. */
export const MALFORMATIONS =
  Object.keys(broken).length + Object.keys(misshapen).length + Object.keys(foreign).length

type Planted = (what: string) => { readonly body: Body; readonly secret: string }

/** Every malformation, each of a body with secrets of its own. */
export function* malformationsOf(
  planted: Planted,
): Generator<Malformed & { readonly secret: string }> {
  const base = (what: string): Base => {
    const { body, secret } = planted(what)
    const text = JSON.stringify(body)
    const member = Object.keys(body).find((name) => JSON.stringify(body[name]).includes(secret))
    return { body, text, secret, at: text.indexOf(secret), member: member ?? '' }
  }
  for (const [what, make] of Object.entries(broken)) {
    const of = base(what)
    yield { what, secret: of.secret, body: Buffer.from(make(of)) }
  }
  for (const [what, make] of Object.entries(misshapen)) {
    const of = base(what)
    const named = what.includes('neighbour')
    yield { what, secret: of.secret, body: Buffer.from(JSON.stringify(make(of))), named }
  }
  for (const [what, make] of Object.entries(foreign)) {
    const of = base(what)
    yield { what, secret: of.secret, ...make(of) }
  }
}
