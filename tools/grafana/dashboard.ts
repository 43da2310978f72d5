/** NetPost's dashboard for Grafana, made with Grafana's own SDK: `npm run grafana` writes it. */
import {
  FrameGeometrySourceBuilder,
  FrameGeometrySourceMode,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  MapLayerOptionsBuilder,
  ReduceDataOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import {
  AnnotationQueryBuilder,
  type Dashboard,
  DashboardBuilder,
  DatasourceVariableBuilder,
  MappingType,
  QueryVariableBuilder,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  VariableRefresh,
  VariableSort,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { PanelBuilder as GaugePanel } from "@grafana/grafana-foundation-sdk/gauge";
import { PanelBuilder as GeomapPanel } from "@grafana/grafana-foundation-sdk/geomap";
import { DataqueryBuilder, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatPanel } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as StateTimelinePanel } from "@grafana/grafana-foundation-sdk/statetimeline";
import { PanelBuilder as TablePanel } from "@grafana/grafana-foundation-sdk/table";
import { PanelBuilder as TimeseriesPanel } from "@grafana/grafana-foundation-sdk/timeseries";

// biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana puts the variable's value there
const datasource = { type: "prometheus", uid: "${datasource}" };

/** What the variables choose. */
const chosen = 'monitor=~"$monitor"';
const chosenRegion = `${chosen}, region=~"$region"`;

const green = "green";
const orange = "orange";
const red = "red";

/** 0 down, 1 degraded, 2 up, 3 unknown. */
const statusExpression = ["down", "degraded", "up", "unknown"]
  .map(
    (status, index) =>
      `${index} * max by (monitor) (netpost_monitor_status{${chosen}, status="${status}"} == 1)`,
  )
  .join(" or ");

function query(expr: string, legend: string): DataqueryBuilder {
  return new DataqueryBuilder().datasource(datasource).expr(expr).legendFormat(legend).range();
}

function table(expr: string): DataqueryBuilder {
  return query(expr, "").instant().format(PromQueryFormat.Table);
}

/** Good up to the first bound, a warning up to the second. */
function above(warning: number, critical: number): ThresholdsConfigBuilder {
  return thresholds([
    { value: null, color: green },
    { value: warning, color: orange },
    { value: critical, color: red },
  ]);
}

/** Bad below the first bound, a warning below the second. */
function below(critical: number, warning: number): ThresholdsConfigBuilder {
  return thresholds([
    { value: null, color: red },
    { value: critical, color: orange },
    { value: warning, color: green },
  ]);
}

function thresholds(steps: Threshold[]): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps);
}

const drawn = () => new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed);
const last = () => new ReduceDataOptionsBuilder().calcs(["lastNotNull"]);

function lines(title: string, width: number): TimeseriesPanel {
  return new TimeseriesPanel().title(title).datasource(datasource).span(width).height(8);
}

/** A metric that NetPost tells of itself, with its own thresholds as lines. */
function ofNetPost(title: string, name: string, unit: string, width: number): TimeseriesPanel {
  return lines(title, width)
    .unit(unit)
    .min(0)
    .withTarget(query(`netpost_metric_value{name="${name}"}`, name))
    .withTarget(query(`netpost_metric_threshold{name="${name}"}`, "{{level}}"))
    .overrideByName("warning", lineOf(orange))
    .overrideByName("critical", lineOf(red));
}

function lineOf(color: string) {
  return [
    { id: "color", value: { mode: "fixed", fixedColor: color } },
    { id: "custom.lineStyle", value: { fill: "dash", dash: [8, 8] } },
  ];
}

/** Makes the dashboard; the same every time. */
export function makeDashboard(): Dashboard {
  return new DashboardBuilder("NetPost")
    .uid("netpost-monitoring")
    .description("NetPost as its monitoring sees it")
    .tags(["netpost"])
    .refresh("30s")
    .time({ from: "now-6h", to: "now" })
    .timezone("browser")
    .withVariable(
      new DatasourceVariableBuilder("datasource").label("Prometheus").type("prometheus"),
    )
    .withVariable(choice("monitor", "Monitor", "label_values(netpost_monitor_status, monitor)"))
    .withVariable(choice("region", "Region", "label_values(netpost_region_reporting, region)"))
    .annotation(
      new AnnotationQueryBuilder()
        .name("Deployments")
        .datasource(datasource)
        .enable(true)
        .iconColor("blue")
        .expr("changes(netpost_plan_revision[1m]) > 0")
        .titleFormat("Configuration applied"),
    )
    .withPanel(
      new StatPanel()
        .title("System health overview")
        .description("Health score, and how many monitors have which status")
        .datasource(datasource)
        .span(8)
        .height(8)
        .reduceOptions(last())
        .thresholds(below(60, 80))
        .withTarget(query("netpost_health_score", "health score"))
        .withTarget(query(`sum by (status) (netpost_monitor_status{${chosen}})`, "{{status}}"))
        .overrideByRegexp("up|degraded|down|unknown", [
          {
            id: "thresholds",
            value: { mode: "absolute", steps: [{ value: null, color: "text" }] },
          },
        ]),
    )
    .withPanel(
      new StatPanel()
        .title("Active alerts")
        .description("Alerts that fire, by severity, and incidents nobody has acknowledged")
        .datasource(datasource)
        .span(8)
        .height(8)
        .reduceOptions(last())
        .thresholds(above(1, 1))
        .withTarget(query('sum by (severity) (netpost_alerts{state="firing"})', "{{severity}}"))
        .withTarget(query("sum(netpost_incidents_unacknowledged)", "unacknowledged")),
    )
    .withPanel(
      new TablePanel()
        .title("Alerts that fire")
        .datasource(datasource)
        .span(8)
        .height(8)
        .noValue("none")
        .withTarget(
          table("sum by (rule, monitor, region, metric, severity) (netpost_alert_firing)"),
        ),
    )
    .withPanel(
      lines("Response-time trends", 12)
        .description("95 of 100 answers come within")
        .unit("s")
        .min(0)
        .thresholds(above(1, 2))
        .thresholdsStyle(drawn())
        .withTarget(
          query(
            `histogram_quantile(0.95, sum by (monitor, le) (rate(netpost_probe_duration_seconds_bucket{${chosenRegion}}[$__rate_interval])))`,
            "{{monitor}}",
          ),
        ),
    )
    .withPanel(
      lines("Error rate", 12)
        .description("Failed probes of those that said anything")
        .unit("percentunit")
        .min(0)
        .fillOpacity(40)
        .thresholds(above(0.05, 0.1))
        .thresholdsStyle(drawn())
        .withTarget(
          query(
            `sum by (region) (rate(netpost_probe_results_total{${chosenRegion}, outcome="down"}[$__rate_interval])) / (sum by (region) (rate(netpost_probe_results_total{${chosenRegion}, outcome!="unknown"}[$__rate_interval])) > 0)`,
            "{{region}}",
          ),
        ),
    )
    .withPanel(
      lines("Request throughput", 8)
        .description("What NetPost serves, and what of it is our probes")
        .unit("reqps")
        .min(0)
        .withTarget(query('netpost_metric_value{name="requestsPerSecond"}', "NetPost"))
        .withTarget(
          query(
            `sum(rate(netpost_probe_results_total{${chosenRegion}}[$__rate_interval]))`,
            "probes",
          ),
        ),
    )
    .withPanel(ofNetPost("Database performance", "databaseQueryMs", "ms", 8))
    .withPanel(
      new GaugePanel()
        .title("Memory")
        .datasource(datasource)
        .span(8)
        .height(8)
        .unit("decmbytes")
        .min(0)
        .max(600)
        .reduceOptions(last())
        .showThresholdMarkers(true)
        .thresholds(above(400, 500))
        .withTarget(query('netpost_metric_value{name="memoryMb"}', "memory")),
    )
    .withPanel(
      new TablePanel()
        .title("Service uptime")
        .description("Availability of 30 days, and what is left of the error budget")
        .datasource(datasource)
        .span(12)
        .height(10)
        .unit("percentunit")
        .decimals(3)
        .withTarget(
          table(`sum by (monitor) (netpost_slo_availability_ratio{${chosen}})`).refId(
            "availability",
          ),
        )
        .withTarget(
          table(`sum by (monitor) (netpost_slo_objective_ratio{${chosen}})`).refId("objective"),
        )
        .withTarget(
          table(`sum by (monitor) (netpost_slo_error_budget_remaining_ratio{${chosen}})`).refId(
            "budget",
          ),
        )
        .withTransformation({ id: "merge", options: {} })
        .withTransformation({
          id: "organize",
          options: {
            excludeByName: { Time: true },
            renameByName: {
              "Value #availability": "Availability",
              "Value #objective": "Promised",
              "Value #budget": "Budget left",
            },
          },
        })
        .overrideByName("Budget left", [
          { id: "thresholds", value: below(0, 0.25).build() },
          { id: "custom.cellOptions", value: { type: "color-text" } },
        ]),
    )
    .withPanel(
      new StateTimelinePanel()
        .title("Service status")
        .datasource(datasource)
        .span(12)
        .height(10)
        .mappings([
          {
            type: MappingType.ValueToText,
            options: {
              "0": { text: "down", color: red },
              "1": { text: "degraded", color: orange },
              "2": { text: "up", color: green },
              "3": { text: "unknown", color: "gray" },
            },
          },
        ])
        .withTarget(query(statusExpression, "{{monitor}}")),
    )
    .withPanel(
      new GeomapPanel()
        .title("Geographic distribution")
        .description("Where NetPost is probed from, and how fast it answers there")
        .datasource(datasource)
        .span(12)
        .height(10)
        .unit("s")
        .thresholds(above(1, 2))
        .layers([
          new MapLayerOptionsBuilder()
            .name("Regions")
            .type("markers")
            .location(
              new FrameGeometrySourceBuilder()
                .mode(FrameGeometrySourceMode.Coords)
                .latitude("latitude")
                .longitude("longitude"),
            )
            .config({
              showLegend: true,
              style: {
                color: { field: "Value", fixed: green },
                size: { fixed: 12, min: 8, max: 20 },
                text: { mode: "field", field: "region", fixed: "" },
              },
            }),
        ])
        .withTarget(
          table(
            `avg by (region) (probe_duration_seconds{${chosenRegion}}) * on (region) group_left (latitude, longitude) max by (region, latitude, longitude) (netpost_region_info)`,
          ),
        )
        .withTransformation({
          id: "convertFieldType",
          options: {
            conversions: [
              { targetField: "latitude", destinationType: "number" },
              { targetField: "longitude", destinationType: "number" },
            ],
          },
        }),
    )
    .withPanel(
      new StateTimelinePanel()
        .title("Recent deployments")
        .description("Version and configuration of the monitoring, from when to when it ran")
        .datasource(datasource)
        .span(12)
        .height(10)
        .withTarget(
          query(
            "max by (version) (netpost_plan_revision * on (instance) group_left (version) netpost_build_info)",
            "{{version}}: configuration",
          ),
        ),
    )
    .withPanel(
      lines("Regions", 12)
        .description("Part of the last hour in which a region was looking")
        .unit("percentunit")
        .min(0)
        .max(1)
        .thresholds(below(0.9, 0.99))
        .thresholdsStyle(drawn())
        .withTarget(query('netpost_region_coverage{region=~"$region"}', "{{region}}")),
    )
    .withPanel(
      lines("The monitoring itself", 12)
        .description("Age of the newest data, and of the oldest notification that waits")
        .unit("s")
        .min(0)
        .thresholds(above(120, 180))
        .thresholdsStyle(drawn())
        .withTarget(query("netpost_tick_lag_seconds", "newest data"))
        .withTarget(query("netpost_outbox_oldest_seconds", "oldest notification")),
    )
    .build();
}

function choice(name: string, label: string, expr: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(datasource)
    .query(expr)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue(".*")
    .current({ text: "All", value: "$__all" });
}

/** The file's content. */
export function dashboardText(): string {
  return `${JSON.stringify(makeDashboard(), null, 2)}\n`;
}
