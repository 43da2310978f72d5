/** A small valid configuration file for tests, changed at will. */

export const regions = {
  "us-east": { locationHint: "enam" },
  "eu-west": { locationHint: "weur" },
};

export const monitor = { id: "api-health", name: "API health", url: "/api/health" };

/** A file of one monitor with these settings; what is not known to the types is allowed here. */
export function fileWith(settings: object = {}, file: object = {}): Record<string, unknown> {
  return {
    baseUrl: "https://netpost.test",
    regions,
    monitors: [{ ...monitor, ...settings }],
    ...file,
  };
}
