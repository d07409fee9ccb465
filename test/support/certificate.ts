import { generateKeyPairSync, sign } from 'node:crypto'

/** One element of DER (ITU-T X.690): a tag, how long it is, and what is in it. */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  const long = length < 0x80 ? [length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...long]), content])
}

const [INTEGER, BITS, OCTETS, OID, TEXT, TIME] = [0x02, 0x03, 0x04, 0x06, 0x0c, 0x18] as const
const [SEQUENCE, SET, VERSION, EXTENSIONS, DNS, IP] = [0x30, 0x31, 0xa0, 0xa3, 0x82, 0x87] as const

const ED25519 = der(SEQUENCE, der(OID, Buffer.from([0x2b, 0x65, 0x70])))
const COMMON_NAME = der(OID, Buffer.from([0x55, 0x04, 0x03]))
const ALTERNATIVE_NAMES = der(OID, Buffer.from([0x55, 0x1d, 0x11]))

const time = (text: string): Buffer => der(TIME, Buffer.from(text))
const unused = Buffer.from([0])

/** A key and a certificate that it signed itself, of this machine by name and address; as PEM. */
export function selfSigned(): { readonly key: string; readonly cert: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const name = der(
    SEQUENCE,
    der(SET, der(SEQUENCE, COMMON_NAME, der(TEXT, Buffer.from('localhost')))),
  )
  const names = der(
    SEQUENCE,
    der(DNS, Buffer.from('localhost')),
    der(IP, Buffer.from([127, 0, 0, 1])),
  )
  const signed = der(
    SEQUENCE,
    der(VERSION, der(INTEGER, Buffer.from([2]))),
    der(INTEGER, Buffer.from([1])),
    ED25519,
    name,
    der(SEQUENCE, time('20200101000000Z'), time('21200101000000Z')),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(EXTENSIONS, der(SEQUENCE, der(SEQUENCE, ALTERNATIVE_NAMES, der(OCTETS, names)))),
  )
  const signature = der(BITS, unused, sign(null, signed, privateKey))
  const body = der(SEQUENCE, signed, ED25519, signature).toString('base64')
  const cert = `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`
  return { key: privateKey.export({ type: 'pkcs8', format: 'pem' }), cert }
}
