import { exportJWK, generateKeyPair, type JWK } from "jose";

export interface SigningKey {
  privateKey: CryptoKey;
  publicKey: CryptoKey;
  jwk: JWK;
}

/** Makes a key pair as an identity provider does. Its JWK contains `kid`, if one is given. */
export async function aSigningKey(algorithm: string, kid?: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), ...(kid !== undefined && { kid }) };
  return { privateKey, publicKey, jwk };
}

/**
 * A key set at a new URL, so that no cache has it yet. A test may change `answer`, the response. `reads` counts the
 * requests.
 */
export function aKeySet(...keys: SigningKey[]) {
  const keySet = {
    url: `https://issuer.example/${crypto.randomUUID()}`,
    answer: () => serving(...keys),
    reads: 0,
    fetch: async (input: RequestInfo | URL): Promise<Response> => {
      if (input !== keySet.url) throw new TypeError("There is no such host");
      keySet.reads += 1;
      return keySet.answer();
    },
  };
  return keySet;
}

export function serving(...keys: Pick<SigningKey, "jwk">[]): Response {
  return Response.json({ keys: keys.map(({ jwk }) => jwk) });
}
