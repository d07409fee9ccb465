import type { Answer, Api } from '#test/support/api.ts'
import type { Canaries, Hit } from './canaries.ts'
import type { Sending } from './sending.ts'

/** The least of a secret that counts as told in the answer to the request that it came in. */
const PIECE = 8

/** What is secret of a token: the rest of it is what it is looked up by. */
const TOKEN = /(?:sr|tfy)_(?:user|svc)_[0-9A-Za-z]{12}_([0-9A-Za-z]{49})/g
const JWT = /eyJ[\w-]+\.[\w-]+\.([\w-]{20,})/g

/** Sends canaries, and looks for them in what is answered. */
export class Traffic {
  readonly canaries: Canaries
  readonly #api: Api
  /** Values and tokens that are kept, which some routes may hand out. */
  readonly #kept = new Set<string>()
  readonly #pieces: string[] = []
  readonly #seen: (Hit & { readonly where: string })[] = []
  /** What stood where the database may be asked for it. */
  readonly asked = new Set<string>()
  readonly accepted = new Map<string, number>()
  requests = 0
  refusals = 0
  unanswered = 0

  constructor(canaries: Canaries, api: Api) {
    this.canaries = canaries
    this.#api = api
    this.tokensIn(api.token ?? '', 'the token of the one who asks')
  }

  /** What an answer told that it may not: known when all are there, as a name may be seen before. */
  get leaks(): readonly string[] {
    const told = this.#seen.filter(({ canary }) => !this.canaries.isReleased(canary))
    return [...this.#pieces, ...told.map((hit) => `answer to ${hit.where}: ${toldOf(hit)}`)]
  }

  async send(sending: Sending): Promise<Answer | null> {
    this.requests += 1
    const { method, target, body, headers, token, names = [], asked = [] } = sending
    for (const one of [...names, ...asked]) this.asked.add(one)
    const asker = token === undefined ? this.#api : this.#api.as(token)
    const sent = { ...(body === undefined ? {} : { body }), ...(headers && { headers }) }
    try {
      const answer = await asker.send(method, target, sent)
      this.#judge(sending, answer)
      return answer
    } catch {
      // A request that is none is not always answered; what is kept of it is looked for all the same.
      this.unanswered += 1
      return null
    }
  }

  /** A few at a time. */
  async all(sendings: Iterable<Sending>, atOnce = 8): Promise<void> {
    const left = sendings[Symbol.iterator]()
    const one = async () => {
      for (let next = left.next(); next.done !== true; next = left.next())
        await this.send(next.value)
    }
    await Promise.all(Array.from({ length: atOnce }, one))
  }

  /** Makes canaries of the tokens in a text. */
  tokensIn(text: string, about: string): void {
    for (const shape of [TOKEN, JWT]) {
      for (const [, secret = ''] of text.matchAll(shape)) {
        if (this.#kept.has(secret)) continue
        this.#kept.add(secret)
        this.canaries.know(`${about}: its token`, secret)
      }
    }
  }

  #judge(sending: Sending, answer: Answer): void {
    const { about, secrets, names = [], exactly } = sending
    const said = saidIn(answer)
    const taken = answer.status < 300
    if (taken) {
      for (const secret of secrets) this.#kept.add(secret)
      for (const name of names) this.canaries.release(name)
      const operation = about.split(' ')[0] ?? ''
      this.accepted.set(operation, (this.accepted.get(operation) ?? 0) + 1)
    } else this.refusals += 1
    const missing = exactly?.find((value) => !said.includes(value))
    if (missing !== undefined) this.#pieces.push(`answer to ${about}: not what was asked for`)
    const leaks = this.canaries.in(Buffer.from(said)).filter((hit) => !this.#may(hit, sending))
    for (const hit of leaks) this.#seen.push({ ...hit, where: `${about} ${answer.status}` })
    if (!taken) this.#lookForPieces(about, [...secrets, ...names], said.toLowerCase())
    this.tokensIn(said, about)
  }

  #may({ canary }: Hit, { opens = false, exactly }: Sending): boolean {
    const text = this.canaries.text(canary)
    return exactly === undefined ? opens && this.#kept.has(text) : exactly.includes(text)
  }

  #lookForPieces(about: string, sent: readonly string[], said: string): void {
    for (const text of sent) {
      for (let at = 0; at + PIECE <= text.length; at++) {
        if (!said.includes(text.slice(at, at + PIECE).toLowerCase())) continue
        this.#pieces.push(`refusal of ${about}: a piece of what was sent: ${said}`)
        break
      }
    }
  }
}

export const saidIn = ({ status, headers, text }: Answer): string =>
  [status, ...Object.entries(headers).map(([name, of]) => `${name}: ${String(of)}`), '', text].join(
    '\n',
  )

export const toldOf = ({ about, as }: Hit): string =>
  `what was sent in ${about}${as === '' ? '' : `, as ${as}`}`
