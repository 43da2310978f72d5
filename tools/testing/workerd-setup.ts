import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";

// Storage is fresh for each test file; applying a migration twice changes nothing.
await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
