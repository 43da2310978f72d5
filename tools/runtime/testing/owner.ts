// A program that starts a runtime, for tests that kill it. Its arguments: the configuration, the
// data folder, and "handles-signals" if it is to end in its own way. Prints one JSON line when it
// is ready, and "cleaned up" when it could end in its own way.
import { setTimeout as sleep } from "node:timers/promises";
import { startRuntime } from "../index.ts";

const [configPath = "", dataDir = "", behaviour] = process.argv.slice(2);
const runtime = await startRuntime({ configPath, dataDir });
if (behaviour === "handles-signals") {
  process.on("SIGTERM", async () => {
    await sleep(50);
    await runtime.stop();
    console.log("cleaned up");
  });
}
console.log(JSON.stringify({ workerdPid: runtime.pid }));
