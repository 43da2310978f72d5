import { expect, it } from "vitest";
it("is node", async () => { console.log("system start",Date.now()); await new Promise(r=>setTimeout(r,1000)); console.log("system end",Date.now()); expect(process.versions.node).toMatch(/^24/); });
