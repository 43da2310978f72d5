import { z } from "zod";

/** A query of the dashboard, and which panel asks it. */
export interface PanelQuery {
  readonly panel: string;
  readonly expression: string;
}

const dashboardSchema = z.object({
  panels: z.array(
    z.object({
      title: z.string(),
      targets: z.array(z.object({ expr: z.string() })).min(1),
    }),
  ),
});

/**
 * The queries of a dashboard as Grafana sends them while all monitors and regions are chosen.
 *
 * @param dashboard as it is in its file
 */
export function panelQueries(dashboard: unknown): PanelQuery[] {
  return dashboardSchema.parse(dashboard).panels.flatMap(({ title, targets }) =>
    targets.map(({ expr }) => ({
      panel: title,
      expression: expr
        .replaceAll(/\$(?:monitor|region)\b/g, ".*")
        .replaceAll("$__rate_interval", "2m"),
    })),
  );
}
