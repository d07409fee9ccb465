import type { Route } from '#dialects/dialect.ts'
import type { Answer, Api } from '#test/support/api.ts'
import { sendCall, targetOf } from '#test/support/calls.ts'
import type { Call } from '#test/support/calls/call.ts'
import type { House } from '#test/support/house.ts'
import type { Entry } from '#test/support/record.ts'
import { holdingsIn, type Holdings } from './holdings.ts'

/** What a stranger asked, and what came of it. */
export interface Seen {
  readonly answer: Answer
  readonly entries: readonly Entry[]
  /** The entries as they are stored. */
  readonly texts: readonly string[]
  /** All that was sent, but for the token. */
  readonly sent: string
}

export type Headers = Readonly<Record<string, string>>

/** Keeps an eye on one account while others send requests. */
export class Watch {
  readonly #house: House
  readonly #holdings: Holdings
  readonly #account: string
  #before: string
  /** How many requests were seen. */
  requests = 0

  private constructor(house: House, holdings: Holdings, account: string, before: string) {
    this.#house = house
    this.#holdings = holdings
    this.#account = account
    this.#before = before
  }

  static async over(house: House, account: string): Promise<Watch> {
    const holdings = await holdingsIn(house)
    await house.record.texts()
    return new Watch(house, holdings, account, await holdings.of(account))
  }

  /** Sends the call with the token of `api` and no other. */
  async see(api: Api, route: Route, call: Call, headers: Headers = {}): Promise<Seen> {
    const answer = await sendCall(api, route, { ...call, token: null }, headers)
    const texts = await this.#house.record.texts()
    this.requests += 1
    return {
      ...{ answer, texts },
      entries: texts.map((text) => JSON.parse(text) as Entry),
      sent: JSON.stringify([targetOf(route, call), call, headers]),
    }
  }

  /** Whether anything that the account holds is not as it was at the last look. */
  async isChanged(): Promise<boolean> {
    const now = await this.#holdings.of(this.#account)
    const changed = now !== this.#before
    this.#before = now
    return changed
  }

  /** What was done since the last look, whoever it was, is no matter. */
  async lookAway(): Promise<void> {
    await this.#house.record.texts()
    await this.isChanged()
  }

  close(): Promise<void> {
    return this.#holdings.close()
  }
}
