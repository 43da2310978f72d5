import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, it, onTestFinished } from "vitest";
import { checkBackup, writeBackup } from "./backup.ts";
import { contentsOf } from "./digest.ts";
import { load } from "./load.ts";

function folderForTest(): string {
  const folder = mkdtempSync(join(tmpdir(), "netpost-backup-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const long = `${"long 'text'\n--;\n".repeat(20_000)}end`;

function nastyDatabase(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  database.exec(`
    CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT); -- a comment;
    CREATE TABLE pairs (a INTEGER, b TEXT, v REAL, PRIMARY KEY (a, b)) WITHOUT ROWID;
    CREATE TABLE loose ("odd name" TEXT, bytes BLOB, n INTEGER);
    CREATE TABLE counted (n INTEGER);
    CREATE INDEX by_value ON pairs (v);
    CREATE TRIGGER count_pairs AFTER INSERT ON pairs BEGIN INSERT INTO counted VALUES (new.a); END;
    INSERT INTO d1_migrations (name) VALUES ('0001'), ('0002');
    DELETE FROM d1_migrations WHERE id = 2;
  `);
  database.exec("BEGIN");
  const pair = database.prepare("INSERT INTO pairs VALUES (?, ?, ?)");
  for (let a = 0; a < 3_000; a += 1) pair.run(a, `it's "${a}"\n;`, a === 1 ? 2 : a / 7);
  pair.run(-1, "nothing", null);
  const loose = database.prepare("INSERT INTO loose VALUES (?, ?, ?)");
  loose.run("\u0000 in it", new Uint8Array([0, 255, 39]), 9_007_199_254_740_993n);
  loose.run(long, null, 0);
  loose.run("a\n--;\nb", null, -0);
  database.exec("COMMIT");
  return database;
}

it("brings back every value, trigger and number, in statements that D1 takes", () => {
  const folder = folderForTest();
  const source = nastyDatabase(join(folder, "source.sqlite"));
  const before = contentsOf(source);
  const file = join(folder, "backup.sql");
  expect(writeBackup(join(folder, "source.sqlite"), file).contents).toEqual(before);
  source.close();

  const statements = readFileSync(file, "utf8").split("\n--;\n");
  expect(Math.max(...statements.map((one) => Buffer.byteLength(one)))).toBeLessThan(100_000);

  const restored = join(folder, "restored.sqlite");
  expect(load(file, restored)).toMatchObject({ contents: before, wrong: [] });
  const database = new DatabaseSync(restored);
  onTestFinished(() => database.close());
  expect(database.prepare('SELECT "odd name" AS text FROM loose WHERE n = 0').all()).toContainEqual(
    {
      text: long,
    },
  );
  database.exec("INSERT INTO d1_migrations (name) VALUES ('0003')");
  expect(database.prepare("SELECT max(id) AS id FROM d1_migrations").get()).toEqual({ id: 3 });
  database.exec("INSERT INTO pairs VALUES (9999, '', 0)");
  expect(database.prepare("SELECT count(*) AS n FROM counted WHERE n = 9999").get()).toEqual({
    n: 1,
  });
});

it("refuses a file that was cut short, changed, or is of something else", () => {
  const folder = folderForTest();
  nastyDatabase(join(folder, "source.sqlite")).close();
  const file = join(folder, "backup.sql");
  writeBackup(join(folder, "source.sqlite"), file);
  const text = readFileSync(file, "utf8");
  const changed = join(folder, "changed.sql");
  writeFileSync(changed, text.replace("it''s \"7\"", "it''s \"8\""));
  expect(() => checkBackup(changed)).toThrow("is not whole: pairs: other values");
  const short = join(folder, "short.sql");
  writeFileSync(short, text.slice(0, text.length / 2));
  expect(() => checkBackup(short)).toThrow(/cannot be read|is not whole/);
  const other = join(folder, "other.sql");
  appendFileSync(other, "CREATE TABLE something (x);");
  expect(() => checkBackup(other)).toThrow("no table d1_migrations");
});
