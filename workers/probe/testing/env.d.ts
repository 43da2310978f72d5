import type { Bindings } from "../env.ts";

declare global {
  namespace Cloudflare {
    interface GlobalProps {
      mainModule: typeof import("../index.ts");
      durableNamespaces: "Region" | "PlanKeeper";
    }
    /** What a test finds in `env`: the Worker's bindings, beside those in workerd-env.d.ts. */
    interface Env extends Bindings {}
  }
}
