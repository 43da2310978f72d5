import { parse, YAMLParseError } from "yaml";
import { CommandError } from "../command.ts";

/** Reads a YAML document. @throws CommandError with the line of what is wrong */
export function readYaml(text: string, file: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    const line = error.linePos?.[0].line ?? 1;
    const [message = ""] = error.message.split(/ at line |\n/);
    throw new CommandError(`${file}:${line}: ${message}`);
  }
}
