import type { Static, TSchema } from 'typebox'
import type { Action } from '#domain/action.ts'
import type { Fault } from '#domain/fault.ts'
import { ok, type Result } from '#domain/result.ts'
import type { Caller } from '#domain/subject.ts'
import type { Core } from '#core/core.ts'
import { perform, type Verb } from '#core/perform.ts'
import { refuse, type Credential, type Origin, type Session } from '#core/session.ts'

/** What goes out on the wire. */
export interface Reply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** `undefined` for an empty body. */
  readonly body?: unknown
}

export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

/** The validated parts of a request. */
export interface Wire<P, Q, B> {
  readonly params: P
  readonly query: Q
  readonly body: B
}

export interface WireSchemas {
  readonly params: TSchema | null
  readonly query: TSchema | null
  readonly body: TSchema | null
}

export type Words = Readonly<Record<string, string>>

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** One route of a dialect, its types erased: what the server mounts and OpenAPI is made from. */
export interface Route {
  readonly method: Method
  /** With `:name` for a parameter. */
  readonly path: string
  readonly operationId: string
  readonly summary: string
  readonly tag: string
  readonly deprecated: boolean
  readonly schemas: WireSchemas
  /** The status of success and the shape of its body; `null` for an empty one. */
  readonly success: { readonly status: number; readonly schema: TSchema | null }
  /** This route's words for the thing it is about (`thing`) and for the members of its command. */
  readonly words: Words
  /** Whether numbers in the body must keep every digit. */
  readonly exactNumbers: boolean
  readonly action: Action
  /** What anyone may ask takes no token; all else is asked by a caller. */
  readonly asked:
    | {
        readonly by: 'caller'
        run(core: Core, session: Session, wire: ErasedWire): Promise<Result<Reply, Fault>>
      }
    | {
        readonly by: 'anyone'
        run(
          core: Core,
          origin: Origin,
          wire: ErasedWire,
          headers: Headers,
        ): Promise<Result<Reply, Fault>>
      }
}

type ErasedWire = Wire<unknown, unknown, unknown>

type Of<S extends TSchema | undefined> = S extends TSchema ? Static<S> : undefined

interface RouteSpec<
  P extends TSchema | undefined,
  Q extends TSchema | undefined,
  B extends TSchema | undefined,
  I,
  O,
  A extends Action,
> {
  readonly method: Method
  readonly path: string
  readonly operationId: string
  readonly summary: string
  readonly tag: string
  readonly deprecated?: boolean
  readonly params?: P
  readonly query?: Q
  readonly body?: B
  readonly words?: Words
  readonly exactNumbers?: boolean
  readonly success: { readonly status: number; readonly schema: TSchema | null }
  readonly verb: Verb<I, O, A>
  /** The command in a validated request, in domain types. Pure. */
  decode(wire: Wire<Of<P>, Of<Q>, Of<B>>): Result<I, Fault>
  /** The body of the answer. Pure. */
  encode(outcome: O, caller: Caller): unknown
}

/** Makes a route of its typed parts; the one place where the types meet the erased form. */
export function route<
  I,
  O,
  A extends Action,
  P extends TSchema | undefined = undefined,
  Q extends TSchema | undefined = undefined,
  B extends TSchema | undefined = undefined,
>(spec: RouteSpec<P, Q, B, I, O, A>): Route {
  const { method, path, operationId, summary, tag, success, verb } = spec
  return {
    ...{ method, path, operationId, summary, tag, success },
    deprecated: spec.deprecated ?? false,
    words: spec.words ?? {},
    exactNumbers: spec.exactNumbers ?? false,
    action: verb.action,
    schemas: {
      params: spec.params ?? null,
      query: spec.query ?? null,
      body: spec.body ?? null,
    },
    asked: {
      by: 'caller',
      async run(core, session, wire) {
        const input = spec.decode(wire as Wire<Of<P>, Of<Q>, Of<B>>)
        // What no verb decided is put on the record here.
        if (!input.ok) return refuse(core, session.origin, session, input.error, verb.action)
        const outcome = await perform(core, session, verb, input.value)
        if (!outcome.ok) return outcome
        const { status } = spec.success
        const body = spec.encode(outcome.value, session.found.caller)
        return { ok: true, value: { status, body } }
      },
    },
  }
}

/** What a request comes to, once it is read: a verb with its command, their types erased. */
export interface Asked {
  readonly action: Action
  run(core: Core, session: Session): Promise<Result<unknown, Fault>>
}

/** `verb` asked with `input`; `encode` makes the body of the answer. */
export const ask = <I, O, A extends Action>(
  verb: Verb<I, O, A>,
  input: I,
  encode: (outcome: O, caller: Caller) => unknown,
): Asked => ({
  action: verb.action,
  async run(core, session) {
    const outcome = await perform(core, session, verb, input)
    return outcome.ok ? ok(encode(outcome.value, session.found.caller)) : outcome
  },
})

interface ChoosingRouteSpec<
  P extends TSchema | undefined,
  Q extends TSchema | undefined,
  B extends TSchema | undefined,
> extends Omit<RouteSpec<P, Q, B, never, never, Action>, 'verb' | 'decode' | 'encode'> {
  /** Of a request that comes to no verb. */
  readonly action: Action
  /** What the validated request asks for. Pure. */
  choose(wire: Wire<Of<P>, Of<Q>, Of<B>>): Result<Asked, Fault>
}

/** A route whose verb depends on what is sent. */
export function choosingRoute<
  P extends TSchema | undefined = undefined,
  Q extends TSchema | undefined = undefined,
  B extends TSchema | undefined = undefined,
>(spec: ChoosingRouteSpec<P, Q, B>): Route {
  const { method, path, operationId, summary, tag, success, action } = spec
  return {
    ...{ method, path, operationId, summary, tag, success, action },
    deprecated: spec.deprecated ?? false,
    words: spec.words ?? {},
    exactNumbers: spec.exactNumbers ?? false,
    schemas: {
      params: spec.params ?? null,
      query: spec.query ?? null,
      body: spec.body ?? null,
    },
    asked: {
      by: 'caller',
      async run(core, session, wire) {
        const asked = spec.choose(wire as Wire<Of<P>, Of<Q>, Of<B>>)
        if (!asked.ok) return refuse(core, session.origin, session, asked.error, action)
        const body = await asked.value.run(core, session)
        return body.ok ? ok({ status: success.status, body: body.value }) : body
      },
    },
  }
}

interface OpenRouteSpec<
  P extends TSchema | undefined,
  Q extends TSchema | undefined,
  B extends TSchema | undefined,
  O,
> extends Omit<
  RouteSpec<P, Q, B, never, O, Action>,
  'verb' | 'decode' | 'encode' | 'exactNumbers' | 'deprecated'
> {
  readonly action: Action
  /** Answers who asks, whoever it is. What it gives is on the record by then; a fault is put there. */
  answer(
    core: Core,
    origin: Origin,
    wire: Wire<Of<P>, Of<Q>, Of<B>>,
    headers: Headers,
  ): Promise<Result<O, Fault>>
  encode(outcome: O): unknown
}

/** A route that takes no token: what comes before anybody has one. */
export function openRoute<
  O,
  P extends TSchema | undefined = undefined,
  Q extends TSchema | undefined = undefined,
  B extends TSchema | undefined = undefined,
>(spec: OpenRouteSpec<P, Q, B, O>): Route {
  const { method, path, operationId, summary, tag, success, action } = spec
  return {
    ...{ method, path, operationId, summary, tag, success, action },
    deprecated: false,
    words: spec.words ?? {},
    exactNumbers: false,
    schemas: {
      params: spec.params ?? null,
      query: spec.query ?? null,
      body: spec.body ?? null,
    },
    asked: {
      by: 'anyone',
      async run(core, origin, wire, headers) {
        const of = wire as Wire<Of<P>, Of<Q>, Of<B>>
        const outcome = await spec.answer(core, origin, of, headers)
        if (!outcome.ok) return refuse(core, origin, null, outcome.error, action)
        return { ok: true, value: { status: success.status, body: spec.encode(outcome.value) } }
      },
    },
  }
}

/** The body of each status that a dialect refuses with; a refusal always has one. */
export type Refusals = Readonly<Record<number, TSchema>>

/** One wire API: its routes, how it is shown a token, and the words in which it refuses. */
export interface Dialect {
  readonly name: string
  readonly title: string
  readonly version: string
  /** The paths that are this dialect's, so that it answers for those it has not. */
  readonly prefixes: readonly string[]
  readonly openapiPath: string
  readonly security: Readonly<Record<string, unknown>>
  readonly routes: readonly Route[]
  credential(headers: Headers): Credential
  /** What `refuse` answers with, for who reads the document. */
  readonly refusals: Refusals
  /** A refusal in this API's own shape. Exhaustive: a new fault is a compile error here. */
  refuse(fault: Fault, words: Words): Reply
  /** Lines that create and read a first secret with this API's own client. */
  firstSteps(url: string, token: string, account: string): readonly string[]
}
