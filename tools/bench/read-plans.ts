/** What SQLite would go through for a statement. */

/**
 * Tables whose size is that of the plan, of the series in use, or of what is still to be done: a
 * scan of one costs the same after a year. Every other table counts as one that grows.
 */
const bounded = new Set([
  ...["ledger", "monitors", "regions", "statuses", "region_objects", "heartbeats", "baselines"],
  ...["rollup_work", "metric_work", "retention", "metric_series"],
]);

/** Only rows of open outages stand in this index. */
const allowedScan = /^SCAN \S+ USING (COVERING )?INDEX open_outages$/;

/**
 * The lines of a plan that go through a table that grows, row by row.
 *
 * @param plan the lines of EXPLAIN QUERY PLAN
 * @param tables every table of the database
 */
export function scansOf(
  sql: string,
  plan: readonly string[],
  tables: readonly string[],
): readonly string[] {
  const growing = new Set(tables.filter((table) => !bounded.has(table)));
  // The plan has the alias where there is one.
  for (const [, table, alias] of sql.matchAll(/\b(?:FROM|JOIN)\s+(\w+)\s+AS\s+(\w+)/gi)) {
    if (table !== undefined && alias !== undefined && growing.has(table)) growing.add(alias);
  }
  return plan.filter((line) => {
    const [, name] = /^SCAN (\w+)/.exec(line) ?? [];
    if (/AUTOMATIC/.test(line)) return true;
    return name !== undefined && growing.has(name) && !allowedScan.test(line);
  });
}

/** The tables that a statement names. */
export function tablesIn(sql: string, tables: readonly string[]): readonly string[] {
  return tables.filter((table) =>
    new RegExp(`\\b(FROM|JOIN|INTO|UPDATE) +${table}\\b`, "i").test(sql),
  );
}
