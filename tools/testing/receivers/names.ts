/** The mail servers of the tests. */
export type SmtpReceiverName =
  | "starttls"
  | "implicit"
  | "untrusted"
  | "untrustedImplicit"
  | "otherName"
  | "otherNameImplicit"
  | "plain"
  | "refusing"
  | "refusingSender"
  | "greylisting"
  | "tooSmall"
  | "slow"
  | "hangingUp"
  | "lyingAboutTls"
  | "withdrawingTls"
  | "fishing";
