import "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** NetPost's stand-in, running in Node beside the tests in workerd. */
    standIn: { url: string; controlUrl: string };
  }
}
