/** Tokens of Cloudflare Access, which stands before the API where somebody has put it there. */
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from "jose";

/** Whose tokens are good. */
export interface AccessPolicy {
  /** The team's domain, which signs: `https://<team>.cloudflareaccess.com`. */
  readonly issuer: string;
  /** The application's audience tag. */
  readonly audience: string;
}

/** Who a token is of, or why it is not good. */
export type VerifiedToken =
  | {
      readonly ok: true;
      /** A person's e-mail, or the client id of a service token. */
      readonly who: string;
      readonly isPerson: boolean;
    }
  | {
      readonly ok: false;
      readonly reason: "expired" | "not-valid" | "no-name" | "keys-unavailable";
    };

type KeySet = ReturnType<typeof createRemoteJWKSet>;

/** Fetched once and kept, as jose does it: again after ten minutes, or for a key that is not there. */
const keySets = new Map<string, KeySet>();

/**
 * Verifies a token against the team's keys, which it fetches.
 *
 * @see Cloudflare Access documentation, Validate JWTs; RFC 7519
 */
export async function verifyAccessToken(
  token: string,
  { issuer, audience }: AccessPolicy,
): Promise<VerifiedToken> {
  let keys = keySets.get(issuer);
  if (keys === undefined) {
    keys = createRemoteJWKSet(new URL("/cdn-cgi/access/certs", issuer), { timeoutDuration: 3_000 });
    keySets.set(issuer, keys);
  }
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience,
      algorithms: ["RS256", "ES256"],
      requiredClaims: ["exp"],
    });
    return nameOf(payload);
  } catch (error) {
    if (error instanceof errors.JWTExpired) return { ok: false, reason: "expired" };
    if (error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError)) {
      return { ok: false, reason: "keys-unavailable" };
    }
    return { ok: false, reason: "not-valid" };
  }
}

function nameOf(payload: JWTPayload): VerifiedToken {
  const { email, common_name: client } = payload;
  if (typeof email === "string" && email !== "") return { ok: true, who: email, isPerson: true };
  if (typeof client === "string" && client !== "") {
    return { ok: true, who: client, isPerson: false };
  }
  return { ok: false, reason: "no-name" };
}
