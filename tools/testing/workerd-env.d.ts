/** What every test in workerd finds in `env`, whichever Worker it is run in. */
declare namespace Cloudflare {
  interface Env {
    DB: D1Database;
    /** Read from migrations/ by vitest.config.ts, applied by workerd-setup.ts. */
    TEST_MIGRATIONS: import("cloudflare:test").D1Migration[];
  }
}
