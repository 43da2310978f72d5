/** What the API of a deployment tells of itself. */
import type { AnswerOf, Client } from "../client/index.ts";
import { type Finding, findingsOf } from "./finding.ts";

type Health = AnswerOf<"getDetailedHealth">;
type ChannelTest = AnswerOf<"testChannel">;

/** Database, schema, probe Worker, plan, ticks, regions and their objects, outbox, faults, quota. */
export function checkHealth({ parts, version }: Health, ourVersion: string): Finding[] {
  const { database, schema, probe, plan, ticks, delivery, faults, quota } = parts;
  const api = findingsOf("api");
  const data = findingsOf("database");
  const tick = findingsOf("ticks");
  return [
    version === ourVersion
      ? api.ok(`answers, version ${version}`)
      : api.warn(`answers as version ${version}, this is ${ourVersion}`, "Run npm run deploy"),
    database.ok
      ? data.ok(`answers in ${Math.round(database.latencyMs)} ms`)
      : data.bad("does not answer", "See Cloudflare's status and docs/runbooks"),
    schema.ok
      ? data.ok(`has the migrations that the Workers need, up to ${schema.needed}`)
      : data.bad(schema.reason ?? "lacks migrations", "Run npm run deploy"),
    probe.ok
      ? findingsOf("probe").ok(`answers over its binding, version ${probe.version}`)
      : findingsOf("probe").bad(
          `does not answer: ${probe.reason}`,
          "Run npm run deploy; look at its log: npx wrangler tail --env probe",
        ),
    plan.ok
      ? findingsOf("plan").ok(`revision ${plan.revision}, ${plan.monitors} monitors`)
      : findingsOf("plan").bad("no configuration is applied", "Run npm run netpost -- apply"),
    ticks.ok
      ? tick.ok(`the last one recorded is of ${ticks.asOf}, ${ticks.lagSeconds ?? 0} s ago`)
      : tick.bad(
          ticks.asOf === null ? "none was ever recorded" : `none was recorded since ${ticks.asOf}`,
          "Is the cron of probe there (Cloudflare: Triggers)? Its log tells why: npx wrangler tail --env probe",
        ),
    ...checkRegions(parts),
    delivery.ok
      ? findingsOf("outbox").ok(`${delivery.waiting} wait, ${delivery.dead} dead in 24 h`)
      : findingsOf("outbox").bad(
          delivery.reason ?? "messages do not get through",
          "GET /api/monitoring/channels tells of each channel",
        ),
    faults.ok
      ? findingsOf("faults").ok("none of ours lately")
      : findingsOf("faults").warn(
          faults.kinds.map(({ what, count }) => `${what} (${count})`).join("; "),
          "docs/runbooks tells of each",
        ),
    ...(quota.plan === null
      ? [
          findingsOf("quota").warn(
            "nobody watches what ticks take of Cloudflare's limits",
            "Set CLOUDFLARE_PLAN (probe) to free or paid",
          ),
        ]
      : [
          quota.ok
            ? findingsOf("quota").ok(`below 80 % of every limit of the ${quota.plan} plan`)
            : findingsOf("quota").warn(quota.reason ?? "a limit is near", "Run npm run plan"),
        ]),
  ];
}

/** Whether each region's objects answered in the last tick, and where they really are. */
function checkRegions({ ticks, objects }: Health["parts"]): Finding[] {
  const { ok, warn, bad } = findingsOf("regions");
  return ticks.regions.map(({ id, state, placement, colos, lastRoundAt, droppedRounds }) => {
    const silent = objects.objects.find(
      ({ region, silentSince }) => region === id && silentSince !== null,
    );
    const where = colos.length === 0 ? "where is not known" : `in ${colos.join(", ")}`;
    if (silent !== undefined) {
      const why = silent.detail === null ? "" : ` (${silent.detail})`;
      return bad(
        `${id}: object ${silent.shard} is silent since ${silent.silentSince}${why}`,
        "If it stays so, raise the region's generation in netpost.config.ts and apply: new objects are made",
      );
    }
    if (state !== "reporting") {
      return bad(
        `${id} reports nothing${lastRoundAt === null ? "" : ` since ${lastRoundAt}`}`,
        "See the log of probe",
      );
    }
    if (placement === "elsewhere") {
      return warn(
        `${id} runs ${where}, on another continent than its hint`,
        "Raise its generation in netpost.config.ts and apply; Cloudflare's hints are best effort",
      );
    }
    return droppedRounds > 0
      ? warn(
          `${id} answers, ${where}; ${droppedRounds} rounds were dropped`,
          "Its buffer was full: the database was away for a day",
        )
      : ok(`${id} answers, ${where}`);
  });
}

/** Which channels there are; with `sendTest`, a test message through each. */
export async function checkChannels(
  client: Client,
  by: string,
  sendTest: boolean,
): Promise<Finding[]> {
  const { ok, warn, bad } = findingsOf("channels");
  const { channels, testFault } = await client.call("listChannels");
  const on = channels.filter((channel) => channel.on);
  const findings: Finding[] = [];
  for (const { id, broken, because } of channels) {
    if (broken) findings.push(bad(`${id}: ${because ?? "malformed"}`, "Put the setting right"));
  }
  if (on.length === 0) {
    findings.push(
      bad("none is on: nobody is told of anything", "docs/channels.md has the settings"),
    );
  }
  if (on.length === 1) {
    findings.push(
      warn("there is one only: nothing stands in for it", "Set the settings of a second one"),
    );
  }
  for (const { id, lastTest, awaySince, dead } of on) {
    if (sendTest) {
      const test = await client.call("testChannel", { params: { id }, body: { by } });
      findings.push(testFinding(test));
    } else if (awaySince !== null) {
      findings.push(
        bad(`${id}: nothing gets through since ${awaySince}`, "Try it with --send-test"),
      );
    } else if (lastTest?.delivered?.ok === false) {
      const { reason, detail } = lastTest.delivered;
      findings.push(
        bad(`${id}: its last test failed: ${reason}, ${detail}`, "Try it with --send-test"),
      );
    } else {
      const tested = lastTest === null ? "never tested; --send-test does" : `tested ${lastTest.at}`;
      findings.push(ok(`${id} is on, ${tested}${dead > 0 ? `; ${dead} dead in 30 days` : ""}`));
    }
  }
  if (testFault !== null) findings.push(warn(testFault, "Put CHANNEL_TEST_SCHEDULE right"));
  return findings;
}

function testFinding({ channel, delivered }: ChannelTest): Finding {
  const { ok, bad } = findingsOf("channels");
  if (delivered.ok) return ok(`${channel}: a test message was taken`);
  return bad(
    `${channel}: a test message was not taken: ${delivered.reason}, ${delivered.detail}`,
    "docs/channels.md tells of each reason",
  );
}

/** Whether jobs can call in, where some are expected to. */
export async function checkDoor(client: Client, isNeeded: boolean): Promise<Finding[]> {
  const { ok, bad, warn } = findingsOf("heartbeats");
  try {
    await client.call("checkPingDoor");
    return [ok("jobs can call in")];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    if (!isNeeded) return [ok("no monitor is one, and none can call in")];
    return /HEARTBEAT_SECRET|not-found|no heartbeat/i.test(why)
      ? [bad(`jobs cannot call in: ${why}`, "Set HEARTBEAT_SECRET (api)")]
      : [warn(`jobs cannot call in: ${why}`, "Look at the log of api")];
  }
}
