import { apiOptions, findApi } from "./api-client.ts";
import type { Command } from "./command.ts";
import { withProgress } from "./progress.ts";
import { renderTranscripts } from "./transcript.ts";

/** Longer than the longest budget of a probe and its way there and back, ms. */
const patienceMs = 120_000;

/** `probe`: what does a monitor see now? */
export const probe: Command = {
  name: "probe",
  operands: "<monitor>",
  least: 1,
  most: 1,
  summary: "run one probe now from each region and tell how it went; nothing is recorded",
  details: "Exit code: 0 whatever the target does, 1 where the probe could not be run.",
  options: {
    region: { value: "id", many: true, help: "only from this region; may be given several times" },
    ...apiOptions,
  },
  async run(invocation) {
    const api = findApi(invocation, patienceMs);
    const [id = ""] = invocation.operands;
    const regions = invocation.list("region");
    const from = regions.length > 0 ? regions.join(", ") : "its regions";
    const answer = await withProgress(
      invocation.terminal.stderr,
      `Probing ${id} from ${from}`,
      () =>
        api.ask((client) =>
          client.call("probeMonitor", {
            params: { id },
            body: regions.length > 0 ? { regions: [...regions] } : {},
          }),
        ),
    );
    return { exitCode: 0, text: renderTranscripts(answer, invocation.paint), json: answer };
  },
};
