/** A database that counts the statements prepared on it; everything else is the real one's. */
export function countingDatabase(real: D1Database): {
  readonly database: D1Database;
  statements(): number;
} {
  let count = 0;
  const database = new Proxy(real, {
    get(target, name) {
      if (name === "prepare") {
        return (sql: string) => {
          count += 1;
          return target.prepare(sql);
        };
      }
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return { database, statements: () => count };
}
