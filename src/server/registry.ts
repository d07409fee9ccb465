import type { Dialect } from '#dialects/dialect.ts'
import * as registered from './dialects.ts'

/** Every wire API this server speaks. */
export const dialects: readonly Dialect[] = Object.values(registered)
