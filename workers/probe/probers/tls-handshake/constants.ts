/** Numbers of TLS: RFC 8446, appendix B; the alerts' names are those of its section 6. */
export const contentTypes = {
  changeCipherSpec: 20,
  alert: 21,
  handshake: 22,
  applicationData: 23,
} as const;

export const messageTypes = { clientHello: 1, serverHello: 2, certificate: 11 } as const;

export const versions = { tls10: 0x0301, tls12: 0x0303, tls13: 0x0304 } as const;

export const extensions = {
  serverName: 0,
  supportedGroups: 10,
  ecPointFormats: 11,
  signatureAlgorithms: 13,
  extendedMasterSecret: 23,
  supportedVersions: 43,
  keyShare: 51,
  renegotiationInfo: 0xff01,
} as const;

/** What TLS 1.3 may choose: only what WebCrypto can decrypt. */
export const tls13Suites: Readonly<
  Record<number, { hash: "SHA-256" | "SHA-384"; hashBytes: number; keyBytes: number }>
> = {
  // TLS_AES_128_GCM_SHA256, TLS_AES_256_GCM_SHA384
  4865: { hash: "SHA-256", hashBytes: 32, keyBytes: 16 },
  4866: { hash: "SHA-384", hashBytes: 48, keyBytes: 32 },
};

/** What TLS 1.2 may choose: anything usual, since its certificate comes before any encryption. */
export const tls12Suites = [
  0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc009, 0xc013, 0xc00a, 0xc014, 0xc023, 0xc027,
  0x009c, 0x009d, 0x009e, 0x009f, 0x002f, 0x0035, 0x003c, 0x003d,
] as const;

/** ECDSA, Ed25519, RSA-PSS and RSA PKCS#1, with SHA-256 and longer. */
export const signatureAlgorithms = [
  0x0403, 0x0503, 0x0603, 0x0807, 0x0804, 0x0805, 0x0806, 0x0809, 0x080a, 0x080b, 0x0401, 0x0501,
  0x0601,
] as const;

/** Key exchanges as WebCrypto names them. All are offered with a key, so no retry is asked for. */
export const groups = [
  { id: 29, algorithm: { name: "X25519" } },
  { id: 23, algorithm: { name: "ECDH", namedCurve: "P-256" } },
  { id: 24, algorithm: { name: "ECDH", namedCurve: "P-384" } },
] as const;

const alertNames: Readonly<Record<number, string>> = {
  0: "close_notify",
  10: "unexpected_message",
  20: "bad_record_mac",
  22: "record_overflow",
  40: "handshake_failure",
  42: "bad_certificate",
  47: "illegal_parameter",
  48: "unknown_ca",
  49: "access_denied",
  50: "decode_error",
  51: "decrypt_error",
  70: "protocol_version",
  71: "insufficient_security",
  80: "internal_error",
  86: "inappropriate_fallback",
  90: "user_canceled",
  109: "missing_extension",
  110: "unsupported_extension",
  112: "unrecognized_name",
  116: "certificate_required",
  120: "no_application_protocol",
};

/** An alert by its name, or by its number where it has none. */
export function alertName(description: number): string {
  return alertNames[description] ?? String(description);
}
