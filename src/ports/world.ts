/** What the core may not reach for itself: handed in, so that a test can hold it still. */
export interface World {
  /** Unix milliseconds. */
  now(): number
  /** `length` bytes no one can guess. */
  random(length: number): Uint8Array
}
