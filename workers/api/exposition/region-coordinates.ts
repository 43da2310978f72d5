import type { LocationHint } from "../../../shared/domain/monitor.ts";

/**
 * About the middle of where Cloudflare's location hints mean, latitude and longitude in degrees: for
 * a point on a map, no more. A big city of each region that the hints are described by
 * (https://developers.cloudflare.com/durable-objects/reference/data-location/).
 */
const coordinates: Readonly<Record<LocationHint, readonly [number, number]>> = {
  wnam: [37.77, -122.42],
  enam: [39.04, -77.49],
  sam: [-23.55, -46.63],
  weur: [51.51, -0.13],
  eeur: [52.23, 21.01],
  apac: [1.35, 103.82],
  "apac-ne": [35.68, 139.69],
  "apac-se": [1.35, 103.82],
  oc: [-33.87, 151.21],
  afr: [-26.2, 28.05],
  me: [25.2, 55.27],
};

/** Where a location hint is on a map, as labels. */
export function coordinatesOf(hint: LocationHint): {
  readonly latitude: string;
  readonly longitude: string;
} {
  const [latitude, longitude] = coordinates[hint];
  return { latitude: String(latitude), longitude: String(longitude) };
}
