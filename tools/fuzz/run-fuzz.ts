import type { Runtime } from "../runtime/index.ts";
import { differing, digestTables } from "./digest.ts";
import { readFuzzedApi } from "./document.ts";
import { type Caller, type FuzzedRequest, generateRequest } from "./generate-request.ts";
import { judge } from "./judge.ts";
import { send } from "./send.ts";
import { secrets } from "./world.ts";

export interface FuzzOptions {
  readonly seed: number;
  /** Numbers of the requests, one after another. */
  readonly numbers: readonly number[];
  readonly onProgress?: (done: number) => void;
}

export interface Failure {
  readonly request: FuzzedRequest | null;
  readonly what: string;
  readonly answer: string;
}

export interface FuzzReport {
  readonly asked: number;
  /** How often each status came, by who asked. */
  readonly statuses: ReadonlyMap<string, number>;
  readonly failures: readonly Failure[];
}

const atOnce = 12;
const mostFailures = 20;
/** After so many requests the database is looked at. */
const stretch = 1_000;

/** Asks what is generated, and judges every answer. Writing requests of an admin come last. */
export async function runFuzz(runtime: Runtime, options: FuzzOptions): Promise<FuzzReport> {
  const { seed, numbers, onProgress = () => {} } = options;
  const response = await fetch(`${runtime.apiUrl}/api/openapi.json`);
  const api = readFuzzedApi(await response.json());
  const all = numbers.map((number) => generateRequest(api, seed, number));
  const statuses = new Map<string, number>();
  const failures: Failure[] = [];
  let asked = 0;
  const ask = async (requests: readonly FuzzedRequest[]) => {
    let next = 0;
    const worker = async () => {
      for (let request = requests[next++]; request; request = requests[next++]) {
        if (failures.length >= mostFailures) return;
        failures.push(...(await askOne(runtime, request, statuses)));
        asked += 1;
        onProgress(asked);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
  };

  const mayNotChange = all.filter((request) => !mayChange(request));
  for (let from = 0; from < mayNotChange.length; from += stretch) {
    const requests = mayNotChange.slice(from, from + stretch);
    const before = await digestTables(runtime);
    await ask(requests);
    const changed = differing(before, await digestTables(runtime));
    if (changed.length > 0) {
      const [first, last] = [requests[0]?.number, requests.at(-1)?.number];
      failures.push({
        request: null,
        what: `requests ${first} to ${last} changed ${changed.join(", ")} without authority`,
        answer: "",
      });
    }
    if (failures.length >= mostFailures) break;
  }
  await ask(all.filter(mayChange));
  return { asked, statuses, failures };
}

/** Whether an admin asks for a change. */
function mayChange({ caller, method }: FuzzedRequest): boolean {
  return caller === "admin" && !["GET", "HEAD", "OPTIONS"].includes(method);
}

async function askOne(
  runtime: Runtime,
  request: FuzzedRequest,
  statuses: Map<string, number>,
): Promise<Failure[]> {
  try {
    const answer = await send(runtime.apiUrl, request);
    count(statuses, request.caller, answer.status);
    const shown = `${answer.status} ${answer.body.slice(0, 600)}`;
    return judge(request, answer, secrets).map((what) => ({ request, what, answer: shown }));
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    return [{ request, what: `no answer: ${what}`, answer: "" }];
  }
}

function count(statuses: Map<string, number>, caller: Caller, status: number): void {
  const key = `${caller} ${status}`;
  statuses.set(key, (statuses.get(key) ?? 0) + 1);
}
