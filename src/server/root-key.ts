import { existsSync } from 'node:fs'
import { openKeyFile } from '#kms/key-file/index.ts'
import { openPassphrase } from '#kms/passphrase/index.ts'
import type { Installation } from '#ports/database.ts'
import { WrongRootKey, type Kms } from '#ports/kms.ts'
import type { Config } from './config.ts'

/**
 * The root keys that `config` names. They are made on the first start only: a database that is
 * there already has its root key somewhere, and another one could not open it. Throws
 * `WrongRootKey`, which names the root key that is needed.
 */
export async function openKms(config: Config, known: Installation | null): Promise<Kms> {
  const { keyFile, passphraseFile, previousPassphraseFile } = config
  const path = passphraseFile === null ? keyFile : `${config.dataDir}.salts`
  if (known !== null && !existsSync(path)) {
    throw new WrongRootKey(
      `${path} is not there, and this database needs the root key ${known.rootKey}: put it back, ` +
        'or name its place with --key or --passphrase-file',
    )
  }
  const create = known === null
  const kms =
    passphraseFile === null
      ? await openKeyFile({ path, create })
      : await openPassphrase({
          ...{ path, passphraseFile, create },
          ...(previousPassphraseFile === null ? {} : { previousPassphraseFile }),
        })
  if (known !== null && !kms.fingerprints.includes(known.rootKey)) {
    throw new WrongRootKey(
      `this database needs the root key ${known.rootKey}, and ${path} holds ` +
        kms.fingerprints.join(', '),
    )
  }
  return kms
}
