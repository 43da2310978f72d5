import { z } from "zod";

/** A name as HTTP takes it (RFC 9110, 5.6.2). */
export const headerName = z
  .string()
  .regex(
    /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/,
    "a header name is letters, digits and any of !#$%&'*+-.^_`|~",
  );

/** A value as HTTP takes it, in one line. */
export const headerValue = z
  .string()
  .regex(/^[\t\x20-\x7e\x80-\xff]*$/, "a header value is one line");
