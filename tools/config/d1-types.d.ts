// shared/storage is written against Workers' global types, which do not fit beside Node's. These
// are the ones that it needs.
declare type D1Database = import("@cloudflare/workers-types").D1Database;
declare type D1PreparedStatement = import("@cloudflare/workers-types").D1PreparedStatement;
declare type D1Result<T = unknown> = import("@cloudflare/workers-types").D1Result<T>;
