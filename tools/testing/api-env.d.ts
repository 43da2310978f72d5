/** What a test of api finds in `env`, and the type of its `exports`. */
declare namespace Cloudflare {
  interface GlobalProps {
    mainModule: typeof import("../../workers/api/index.ts");
  }
  interface Env {
    /** The real probe, bundled by tools/testing/probe-beside-api.ts. */
    PROBE: Service<typeof import("../../workers/probe/index.ts").ProbeService>;
  }
}
