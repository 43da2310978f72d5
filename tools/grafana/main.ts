import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { dashboardText } from "./dashboard.ts";
import { dashboardFile } from "./file.ts";

writeFileSync(dashboardFile, dashboardText());
console.log(`Written: ${fileURLToPath(dashboardFile)}`);
