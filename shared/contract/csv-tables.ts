/** A report's tables as CSV: one file each, since a CSV file has one kind of row. */
export const csvTables = ["availability", "outages", "kpis", "exclusions"] as const;

export type CsvTable = (typeof csvTables)[number];
