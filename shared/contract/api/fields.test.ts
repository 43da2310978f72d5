import { describe, expect, it } from "vitest";
import { z } from "zod";
import { choiceOf, chosen } from "./fields.ts";

const item = z.object({ id: z.string(), name: z.string(), tags: z.array(z.string()) });
const page = z.object({ items: z.array(item), total: z.int(), nextCursor: z.string().nullable() });
const document = z.object({ status: z.string(), components: z.array(item), groups: z.array(item) });

describe("what can be chosen", () => {
  it("of a list are the members of its items", () => {
    const choice = { list: "items", names: ["id", "name", "tags"] };
    expect(choiceOf(page, "things")).toEqual(choice);
    const short = z.object({ items: z.array(item), asOf: z.string() });
    expect(choiceOf(short, "items")).toEqual(choice);
    expect(choiceOf(short, "{id}")).toEqual({ list: null, names: ["asOf", "items"] });
  });

  it("of a document are its own members, also where it takes several forms", () => {
    const names = ["components", "groups", "status"];
    expect(choiceOf(document, "status")).toEqual({ list: null, names });
    const forms = z.union([document, z.object({ why: z.string() })]);
    expect(choiceOf(forms, "status")).toEqual({ list: null, names: [...names, "why"] });
  });

  it("is nothing where members have no names beforehand", () => {
    expect(choiceOf(z.record(z.string(), z.int()), "numbers")).toBeNull();
    expect(choiceOf(undefined, "nothing")).toBeNull();
  });
});

describe("what was chosen", () => {
  it("is left of each item of a list, and the rest of the list as it was", () => {
    const choice = { list: "items", names: [] };
    const whole = { items: [{ id: "a", name: "A" }, { id: "b" }], total: 2, nextCursor: null };
    expect(chosen(whole, choice, new Set(["id"]))).toEqual({
      ...whole,
      items: [{ id: "a" }, { id: "b" }],
    });
  });

  it("is left of a document", () => {
    const choice = { list: null, names: [] };
    expect(chosen({ status: "up", groups: [] }, choice, new Set(["status"]))).toEqual({
      status: "up",
    });
  });
});
