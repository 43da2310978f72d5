import { describe, expect, it } from "vitest";
import { readArguments } from "./arguments.ts";

const read = (line: string) => readArguments(line.split(" ").filter(Boolean), { DATA_DIR: "data" });

describe("the arguments of npm run rollups", () => {
  it("are a command and, if wanted, a time", () => {
    expect(read("verify")).toEqual({
      kind: "run",
      arguments: {
        command: "verify",
        from: undefined,
        to: undefined,
        dataDir: "data",
        remote: false,
      },
    });
    expect(read("rebuild --from 2026-11-23 --to 2026-11-23T14:00Z --data elsewhere")).toMatchObject(
      {
        arguments: {
          command: "rebuild",
          from: Date.UTC(2026, 10, 23) / 1000,
          to: Date.UTC(2026, 10, 23, 14) / 1000,
          dataDir: "elsewhere",
        },
      },
    );
    expect(read("verify --to 2026-11-23T14:00:00+01:00")).toMatchObject({
      arguments: { to: Date.UTC(2026, 10, 23, 13) / 1000 },
    });
  });

  it.each([
    ["", "a command is needed; one of verify, rebuild (see --help)"],
    ["check", "unknown command check; one of verify, rebuild (see --help)"],
    ["verify all", "unexpected argument all (see --help)"],
    ["verify --all", "Unknown option '--all' (see --help)"],
    [
      "verify --from yesterday",
      "--from must be a time, for example 2026-11-23 or 2026-11-23T14:00Z",
    ],
    ["verify --to 2026-02-30", "--to must be a time, for example 2026-11-23 or 2026-11-23T14:00Z"],
    ["verify --from 2026-11-24 --to 2026-11-23", "--from must be before --to"],
    [
      "verify --remote --data x",
      "--data and --remote cannot both be given: only npm start has a data folder",
    ],
  ])("that are wrong get one line: %s", (line, message) => {
    expect(read(line)).toEqual({ kind: "mistake", message });
  });

  it("can be asked for", () => {
    expect(read("--help")).toEqual({ kind: "help" });
  });
});
