import type { Route } from '#dialects/dialect.ts'
import { mountedAs, type Mounted } from './mounted.ts'

/** Which kind of stranger was tried on which route, or why that says nothing. */
export class Coverage {
  readonly #met = new Map<Mounted, Set<string>>()
  readonly #kinds = new Set<string>()

  /** `kind` was tried on `route`, or need not be. */
  met(kind: string, { method, path }: Route): void {
    const mounted = mountedAs(method, path)
    const kinds = this.#met.get(mounted) ?? new Set()
    this.#met.set(mounted, kinds.add(kind))
    this.#kinds.add(kind)
  }

  get kinds(): number {
    return this.#kinds.size
  }

  /** Of these routes those that some kind was not tried on. */
  missing(mounted: readonly Mounted[]): readonly string[] {
    return mounted.flatMap((route) =>
      [...this.#kinds]
        .filter((kind) => this.#met.get(route)?.has(kind) !== true)
        .map((kind) => `${route}: ${kind}`),
    )
  }
}
