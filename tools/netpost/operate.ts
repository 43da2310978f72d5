/** What an operator does: takes an incident on, mutes what is known. */
import { z } from "zod";
import { silenceBodySchema, silenceQuerySchema } from "../../shared/contract/api/silences.ts";
import { matcherFields } from "../../shared/domain/alerting/silence.ts";
import { apiOptions, asInput, findApi } from "./api-client.ts";
import { type Answer, type Command, CommandError, type Invocation } from "./command.ts";
import { wholeNumber } from "./number.ts";
import { table } from "./table.ts";
import { byOption, whoDoesIt } from "./who.ts";

/** `ack`: takes an incident on. */
export const ack: Command = {
  name: "ack",
  operands: "<incident>",
  least: 1,
  most: 1,
  summary: "take an incident on: its escalation stops, and who was told hears of it",
  options: { by: byOption, ...apiOptions },
  async run(invocation) {
    const api = findApi(invocation);
    const number = wholeNumber(invocation.operands[0] ?? "", "<incident>", 1);
    const answer = await api.ask((client) =>
      client.call("acknowledgeIncident", { params: { number }, body: byOf(invocation) }),
    );
    const { title, acknowledged } = answer.incident;
    const text = `${acknowledged?.by ?? "Somebody"} has incident ${number}: ${title}.`;
    return { exitCode: 0, text, json: answer };
  },
};

const actions = ["list", "create", "end"] as const;

/** `silence`: mutes alerts for a while. */
export const silence: Command = {
  name: "silence",
  operands: "list | create | end <number>",
  least: 1,
  most: 2,
  summary: "list, create or end silences",
  details: `  list                          those in force or to come
  create --match … --minutes …  nobody is told of alerts that match all of it
  end <number>                  end one early

A match is field=value or field!=value; fields: ${matcherFields.join(", ")}; a * at the end of a value
stands for anything.`,
  options: {
    match: { value: "field=value", many: true, help: "create: what is muted; several all hold" },
    minutes: { value: "number", help: "create: for how long, at most 43200" },
    ends: { value: "time", help: "create: in place of --minutes, ISO 8601 with Z or an offset" },
    starts: { value: "time", help: "create: from then on (default now)" },
    reason: { value: "text", help: "create: why" },
    state: { value: "state", help: "list: current, active, pending, past or all" },
    by: byOption,
    ...apiOptions,
  },
  async run(invocation) {
    const [word, ...others] = invocation.operands;
    const action = actions.find((name) => name === word);
    if (action === undefined) {
      throw new CommandError(`silence: unknown ${word}; one of ${actions.join(", ")}`);
    }
    if (action === "end" && others.length === 0) {
      throw new CommandError("silence end: the number of the silence is missing");
    }
    if (action !== "end" && others.length > 0) {
      throw new CommandError(`silence ${action}: unexpected argument ${others.join(" ")}`);
    }
    return { list: listSilences, create: createSilence, end: endSilence }[action](invocation);
  },
};

async function listSilences(invocation: Invocation): Promise<Answer> {
  const options = { state: invocation.text("state"), limit: "100" };
  const query = asInput(silenceQuerySchema, options);
  const answer = await findApi(invocation).ask((client) => client.call("listSilences", { query }));
  const { silences } = answer;
  const rows = silences.map((each) => [
    String(each.id),
    each.state,
    each.matchers.map(matchText).join(", "),
    each.endsAt,
    each.author,
    String(each.muted),
    each.reason,
  ]);
  const heads = ["", "State", "Matches", "Until", "By", "Muted", "Reason"];
  const columns = heads.map((head) => ({ head }));
  const text = rows.length === 0 ? "No silences." : table(columns, rows).join("\n");
  return { exitCode: 0, text, json: answer };
}

async function createSilence(invocation: Invocation): Promise<Answer> {
  const { text } = invocation;
  const matchers = invocation.list("match").map(readMatch);
  const reason = text("reason");
  const minutes = text("minutes");
  const endsAt = text("ends");
  if (matchers.length === 0) {
    throw new CommandError("--match: what is muted is missing, for example monitor=api-health");
  }
  if (reason === undefined) throw new CommandError("--reason: why is missing");
  if ((minutes === undefined) === (endsAt === undefined)) {
    throw new CommandError("--minutes: how long it lasts; --minutes or --ends, one of them");
  }
  const body = asInput(
    silenceBodySchema,
    {
      matchers,
      reason,
      startsAt: text("starts"),
      endsAt,
      ...(minutes !== undefined && { minutes: wholeNumber(minutes, "--minutes", 1, 43_200) }),
      ...byOf(invocation),
    },
    { startsAt: "starts", endsAt: "ends", matchers: "match" },
  );
  const answer = await findApi(invocation).ask((client) => client.call("createSilence", { body }));
  const { id, endsAt: until, matchers: taken } = answer.silence;
  const words = `Silence ${id}: ${taken.map(matchText).join(" and ")}, until ${until}.`;
  return { exitCode: 0, text: words, json: answer };
}

async function endSilence(invocation: Invocation): Promise<Answer> {
  const id = wholeNumber(invocation.operands[1] ?? "", "<number>", 1);
  const answer = await findApi(invocation).ask((client) =>
    client.call("endSilence", { params: { id }, query: byOf(invocation) }),
  );
  return { exitCode: 0, text: `Silence ${id} is over.`, json: answer };
}

function byOf(invocation: Invocation): { by?: string } {
  const by = whoDoesIt(invocation);
  return by === null ? {} : { by };
}

const fieldSchema = z.enum(matcherFields);

function readMatch(text: string) {
  const [, name, not, value] = /^([^=!]+)(!?)=(.+)$/s.exec(text) ?? [];
  const field = fieldSchema.safeParse(name);
  if (!field.success || value === undefined) {
    throw new CommandError(
      `--match: field=value or field!=value, with one of ${matcherFields.join(", ")}; not ${JSON.stringify(text)}`,
    );
  }
  return { field: field.data, equals: not === "", value };
}

function matchText(matcher: { field: string; equals: boolean; value: string }): string {
  return `${matcher.field}${matcher.equals ? "=" : "!="}${matcher.value}`;
}
