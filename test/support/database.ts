import { openDatabase, type DatabaseAddress } from '#database/database.ts'
import type { Database } from '#ports/database.ts'
import { rightsOf } from '#server/rights.ts'

/** Seals of a key that every test has, so that a database can be opened again. */
export const someRights = rightsOf(Buffer.alloc(32, 9))

/** The database there, with those seals. */
export const openSealed = async (address: DatabaseAddress): Promise<Database> =>
  (await openDatabase(address)).sealedBy(someRights)
