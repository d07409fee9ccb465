import { underSignal } from '#stores/pause.ts'

/**
 * Lets no call go before one was answered. The vendor's client sends its first request without body
 * and token, to be told where tokens are; of two such at once one loses its body, the other sends
 * its own without being asked for it.
 */
export class FirstAlone {
  #known = false
  #before: Promise<unknown> = Promise.resolve()

  async run<T>(
    what: string,
    signal: AbortSignal,
    work: () => Promise<T>,
    isAnswer: (error: unknown) => boolean,
  ): Promise<T> {
    if (this.#known) return await work()
    const { before, done } = this.#queued()
    try {
      await underSignal(before, what, signal)
      const answer = await work()
      this.#known = true
      return answer
    } catch (error) {
      this.#known ||= isAnswer(error)
      throw error
    } finally {
      done()
    }
  }

  #queued(): { before: Promise<unknown>; done: () => void } {
    const before = this.#before
    const mine = Promise.withResolvers<undefined>()
    this.#before = Promise.all([before, mine.promise])
    return { before, done: () => mine.resolve(undefined) }
  }
}
