/** What a test of the api finds in `env` beside the database: the real probe Worker. */
declare namespace Cloudflare {
  interface Env {
    PROBE: import("../env.ts").ProbeBinding;
    LIMIT_PUBLIC: RateLimit;
    LIMIT_PING: RateLimit;
    LIMIT_ADDRESS: RateLimit;
    LIMIT_FAILED: RateLimit;
    LIMIT_KEY: RateLimit;
  }
}
