/** What a test of the api finds in `env` beside the database: the real probe Worker. */
declare namespace Cloudflare {
  interface Env {
    PROBE: import("../env.ts").ProbeBinding;
  }
}
