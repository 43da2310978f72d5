import { expect, it } from "vitest";
it("is node", async () => { console.log("node start",Date.now()); await new Promise(r=>setTimeout(r,2000)); console.log("node end",Date.now()); expect(process.versions.node).toMatch(/^24/); });
