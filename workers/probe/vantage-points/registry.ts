/** The services whose checks can be read: a new one is a file, a line here and one in the domain. */
import type { VantageService } from "../../../shared/domain/vantage-point.ts";
import { pingdom } from "./pingdom.ts";
import { readVantagePointSettings } from "./settings.ts";
import { uptimeRobot } from "./uptimerobot.ts";
import type { WatchService } from "./watch-service.ts";

/**
 * A service as an environment has it.
 *
 * @returns in words what is wrong with its settings, never a value, where it cannot be read
 */
export function watchServiceOf(env: object, service: VantageService): WatchService | string {
  switch (service) {
    case "pingdom": {
      const read = readVantagePointSettings(env, ["PINGDOM_API_KEY", "PINGDOM_API_URL"]);
      if ("mistakes" in read) return read.mistakes;
      const { PINGDOM_API_KEY: key, PINGDOM_API_URL: url } = read.given;
      if (key === undefined) return "PINGDOM_API_KEY: not set, and monitors name its checks";
      return pingdom(url ?? "https://api.pingdom.com", key);
    }
    case "uptimerobot": {
      const read = readVantagePointSettings(env, ["UPTIMEROBOT_API_KEY", "UPTIMEROBOT_API_URL"]);
      if ("mistakes" in read) return read.mistakes;
      const { UPTIMEROBOT_API_KEY: key, UPTIMEROBOT_API_URL: url } = read.given;
      if (key === undefined) return "UPTIMEROBOT_API_KEY: not set, and monitors name its checks";
      return uptimeRobot(url ?? "https://api.uptimerobot.com", key);
    }
  }
}
