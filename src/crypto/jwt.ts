import { createPublicKey, type KeyObject } from 'node:crypto'
import { errors, jwtVerify, SignJWT, type JWTPayload } from 'jose'

/** Who a JWT of ours says it speaks for; the `tfy` command line reads these names of claims. */
export interface JwtClaims {
  /** What the token is looked up by. */
  readonly keyId: string
  readonly subject: string
  readonly subjectKind: 'user' | 'service_account'
  readonly userName: string
  readonly email: string | null
  readonly tenantName: string
  /** Unix ms. */
  readonly issuedAt: number
  readonly expiresAt: number
}

/** The one algorithm that is signed and taken (RFC 8037); what a token says of itself decides nothing. */
const ALGORITHM = 'EdDSA'
const SECOND_MS = 1_000

/** Whether text has the outer shape of a JWT in compact form (RFC 7515, section 3.1). */
export const looksLikeJwt = (text: string): boolean =>
  /^eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/.test(text)

/** A JWT (RFC 7519) signed by `key` (Ed25519) for `issuer`; its end is cut to whole seconds. */
export function signJwt(key: KeyObject, issuer: string, claims: JwtClaims): Promise<string> {
  const { subjectKind, userName, email, tenantName } = claims
  const said: JWTPayload = {
    tenantName,
    username: userName,
    ...(email === null ? {} : { email }),
    subjectType: subjectKind === 'user' ? 'user' : 'virtualaccount',
  }
  return new SignJWT(said)
    .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
    .setIssuer(issuer)
    .setAudience(issuer)
    .setSubject(claims.subject)
    .setJti(claims.keyId)
    .setIssuedAt(Math.floor(claims.issuedAt / SECOND_MS))
    .setExpirationTime(Math.floor(claims.expiresAt / SECOND_MS))
    .sign(key)
}

/**
 * What a JWT of ours is looked up by, or `null` when it is none: another signature, algorithm, issuer
 * or audience, or past its end at `now` (Unix ms). Never throws for what was shown.
 */
export async function verifyJwt(
  key: KeyObject,
  issuer: string,
  text: string,
  now: number,
): Promise<string | null> {
  // The library passes over spaces and signs at the end of base64: one token would have many texts.
  if (!looksLikeJwt(text)) return null
  try {
    const { payload } = await jwtVerify(text, createPublicKey(key), {
      algorithms: [ALGORITHM],
      typ: 'JWT',
      issuer,
      audience: issuer,
      requiredClaims: ['exp', 'jti', 'sub'],
      currentDate: new Date(now),
    })
    // Nobody else signs, but the type is only what the library says of it.
    return typeof payload.jti === 'string' ? payload.jti : null
  } catch (error) {
    if (error instanceof errors.JOSEError) return null
    throw error
  }
}
