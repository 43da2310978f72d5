import { expect, it } from "vitest";
it("is node", () => { expect(process.versions.node).toMatch(/^24/); });
