/** Where the dashboard is checked in. */
export const dashboardFile = new URL("../../docs/grafana/dashboard.json", import.meta.url);
