import { userInfo } from "node:os";
import { CommandError, type Invocation, type Option } from "./command.ts";

/** The option that says who does it. */
export const byOption: Option = {
  value: "name",
  help: "who does it, in what is kept of it (default NETPOST_BY, else your user name)",
};

/** Who does it, as far as that can be known. @throws CommandError on a name that is too long. */
export function whoDoesIt({ text, env }: Invocation): string | null {
  const name = (text("by") ?? env["NETPOST_BY"] ?? "").trim() || userName();
  if (name !== null && name.length > 100) {
    throw new CommandError("--by: a name of 1 to 100 characters");
  }
  return name;
}

function userName(): string | null {
  try {
    return userInfo().username || null;
  } catch {
    // A user without an entry in the system's list has no name.
    return null;
  }
}
