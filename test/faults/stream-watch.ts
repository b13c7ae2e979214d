import { env } from "cloudflare:workers";
import type { Receipt } from "./receivers.ts";
import type { Scenario } from "./scenario.ts";

/** SQL: true if an event of the stream has not arrived. The listings of the scenarios only filter by project. */
export const IS_BEHIND = `EXISTS (SELECT 1 FROM events WHERE id > after_id AND ${isCarried("listing")})`;

function isCarried(listing: string): string {
  return `(${listing}->>'state_project' IS NULL OR events.json->>'state_project' = ${listing}->>'state_project')`;
}

/** Triggers that record the URLs of each stream. */
export const STREAM_TRIGGERS = [
  `CREATE TABLE seen_stream_urls (stream_id, url)`,
  `CREATE TRIGGER see_new_streams AFTER INSERT ON streams BEGIN
    INSERT INTO seen_stream_urls VALUES (new.id, new.destination->>'url');
  END`,
  `CREATE TRIGGER see_destinations AFTER UPDATE OF destination ON streams BEGIN
    INSERT INTO seen_stream_urls VALUES (new.id, new.destination->>'url');
  END`,
];

interface StoredStream {
  id: number;
  /** JSON: all URLs that the stream has had. */
  urls: string;
  listing: string;
  enabled: number;
  failing_since: number | null;
  batch_webhook_id: string | null;
  lease_token: string | null;
}

/** Returns what is wrong with the streams after a run. No two streams have the same URL. */
export async function streamViolations({ mayArriveTwice }: Scenario, receipts: Receipt[]): Promise<string[]> {
  const { results: streams } = await env.DB.prepare(
    `SELECT id, (SELECT json_group_array(url) FROM seen_stream_urls WHERE stream_id = streams.id) AS urls, listing,
      enabled, failing_since, batch_webhook_id, lease_token FROM streams`,
  ).all<StoredStream>();
  const batches = receipts.filter(({ bounds }) => bounds !== undefined);
  const found: string[] = [];
  for (const stream of streams) {
    const urls = JSON.parse(stream.urls) as string[]; // written by the SQL above
    const own = batches.filter(({ url }) => urls.includes(url));
    found.push(...unfinished(stream), ...disordered(own), ...(await missing(stream, own)));
  }
  for (const [, own] of Map.groupBy(batches, ({ url }) => url)) {
    found.push(...renamed(own), ...(mayArriveTwice ? [] : overlapping(own)));
  }
  return found;
}

function unfinished({ id, enabled, failing_since, batch_webhook_id, lease_token }: StoredStream): string[] {
  if (enabled === 0) return [];
  return [
    ...(failing_since === null ? [] : [`stream ${id} stays failing`]),
    ...(batch_webhook_id === null ? [] : [`stream ${id} keeps a batch`]),
    ...(lease_token === null ? [] : [`stream ${id} keeps a lease`]),
  ];
}

/** Each event must have arrived, except those that an operator skipped. */
async function missing({ id, listing, enabled }: StoredStream, own: Receipt[]): Promise<string[]> {
  const arrived = new Set(own.filter(({ isAccepted }) => isAccepted).flatMap(({ eventIds }) => eventIds));
  const { results } = await env.DB.prepare(
    `SELECT id FROM events WHERE ${isCarried("?1")} AND CAST(id AS TEXT) NOT IN (
      SELECT details->>'event' FROM stream_changes WHERE stream_id = ?2 AND action = 'skip')`,
  )
    .bind(listing, id)
    .all<{ id: number }>();
  const wanted = results.map((event) => event.id);
  return [
    ...(enabled === 0
      ? []
      : wanted.filter((one) => !arrived.has(one)).map((one) => `event ${one} missed stream ${id}`)),
    ...[...arrived].filter((one) => !wanted.includes(one)).map((one) => `stream ${id} sent the hidden event ${one}`),
  ];
}

/** The first arrivals of the events must be in order of ID. */
function disordered(own: Receipt[]): string[] {
  const firsts = [...new Set(own.filter(({ isAccepted }) => isAccepted).flatMap(({ eventIds }) => eventIds))];
  const isOrdered = firsts.every((id, index) => id > (firsts[index - 1] ?? 0));
  return isOrdered ? [] : [`events arrived out of order: ${firsts.join(", ")}`];
}

/** A `webhook-id` must always stand for the same events, with their bounds. */
function renamed(own: Receipt[]): string[] {
  const named = Map.groupBy(own, ({ webhookId }) => webhookId);
  return [...named].flatMap(([id, same]) => {
    const contents = new Set(same.map(({ bounds, eventIds }) => `${bounds}: ${eventIds.join()}`));
    const wrong = same.find(({ bounds, eventIds }) => bounds !== `${eventIds[0]}-${eventIds.at(-1)}`);
    return [
      ...(contents.size > 1 ? [`${id} stands for ${[...contents].join(" and for ")}`] : []),
      ...(wrong === undefined ? [] : [`the batch ${wrong.eventIds.join()} has the bounds ${wrong.bounds}`]),
    ];
  });
}

/** A batch is sent again as it was, or halved if it was too large or refused. So arrived batches are the same, or have no event in common. */
function overlapping(own: Receipt[]): string[] {
  return own.flatMap((first, index) =>
    own
      .slice(index + 1)
      .filter(
        (later) => later.webhookId !== first.webhookId && later.eventIds.some((id) => first.eventIds.includes(id)),
      )
      .filter(({ eventIds }) => !isHalved(first) || eventIds.some((id) => id < (first.eventIds[0] ?? 0)))
      .map((later) => `the batch ${first.bounds} was sent again as ${later.bounds}`),
  );
}

function isHalved({ status, isAccepted }: Receipt): boolean {
  return !isAccepted && (status === 413 || status === 400);
}
