/** What a test of probe finds in `env`, and the type of its `exports`. */
declare namespace Cloudflare {
  interface GlobalProps {
    mainModule: typeof import("../../workers/probe/index.ts");
    durableNamespaces: "Region" | "PlanKeeper";
  }
  interface Env {
    REGION: DurableObjectNamespace<import("../../workers/probe/index.ts").Region>;
    PLAN_KEEPER: DurableObjectNamespace<import("../../workers/probe/index.ts").PlanKeeper>;
  }
}
