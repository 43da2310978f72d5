/** Reads the text formats back, as strictly as their specifications say; for tests. */

export interface ParsedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Parsed {
  readonly types: Readonly<Record<string, string>>;
  readonly samples: readonly ParsedSample[];
}

/** @throws Error on a line that is none of the format's */
export function parseExposition(text: string): Parsed {
  if (!text.endsWith("\n")) throw new Error("the last line does not end");
  const types: Record<string, string> = {};
  const samples: ParsedSample[] = [];
  for (const line of text.slice(0, -1).split("\n")) {
    const type = /^# TYPE ([a-zA-Z_:][\w:]*) (\w+)$/.exec(line);
    if (type?.[1] !== undefined && type[2] !== undefined) {
      if (types[type[1]] !== undefined) throw new Error(`twice: ${line}`);
      types[type[1]] = type[2];
    } else if (!/^# (HELP|UNIT) [a-zA-Z_:][\w:]* .+$|^# EOF$/s.test(line)) {
      samples.push(parseSample(line));
    }
  }
  return { types, samples };
}

function parseSample(line: string): ParsedSample {
  const parts = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/s.exec(line);
  if (parts === null) throw new Error(`no sample: ${line}`);
  const [, name = "", labels = "", value = ""] = parts;
  return { name, labels: parseLabels(labels), value: parseValue(value) };
}

function parseLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  let rest = text;
  while (rest !== "") {
    const parts = /^([a-zA-Z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"(?:,(?=.)|$)/.exec(rest);
    if (parts === null) throw new Error(`no labels: ${rest}`);
    const [all, name = "", value = ""] = parts;
    labels[name] = value.replace(/\\(.)/g, (_, escaped: string) =>
      escaped === "n" ? "\n" : escaped,
    );
    rest = rest.slice(all.length);
  }
  return labels;
}

function parseValue(text: string): number {
  if (text === "+Inf" || text === "-Inf") return text === "+Inf" ? Infinity : -Infinity;
  const value = Number(text);
  if (text !== "NaN" && Number.isNaN(value)) throw new Error(`no number: ${text}`);
  return value;
}
