/** How a server of TCP behaves. */
export type TcpServerName =
  | "greeting"
  | "pong"
  | "silent"
  | "pieces"
  | "reset"
  | "closing"
  | "endless"
  | "untrusted";

/** How a server of TLS behaves. */
export type TlsServerName =
  | "modern"
  | "only12"
  | "only11"
  | "p256"
  | "p384"
  | "p521"
  | "aes256"
  | "chacha"
  | "asksForCertificate"
  | "longChain"
  | "longChain12"
  | "selfSigned"
  | "refusesName"
  | "warnsOfName"
  | "asksAgain"
  | "plain"
  | "endsMidway"
  | "cutsRecord"
  | "badCertificate"
  | "endlessRecords"
  | "endlessMessage"
  | "olderByHand"
  | "hugeRecord";
