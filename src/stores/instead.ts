/** What comes of `work`, or `other` where it ends in an error that `expected` says yes to. */
export async function instead<T, const Other>(
  expected: (error: unknown) => boolean,
  other: Other,
  work: Promise<T>,
): Promise<T | Other> {
  try {
    return await work
  } catch (error) {
    if (expected(error)) return other
    throw error
  }
}
