import { request, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { signReaderToken } from "../../../scripts/reader-token.ts";
import type { Site } from "../history/workerd.ts";
import { DATABASE_HEADER, WITHOUT_CACHES_HEADER, type DatabaseName, type Job, type Reader } from "./plan.ts";

/** A page of a listing, with its cost. */
export interface Page {
  body: string;
  etag: string | undefined;
  link: string | undefined;
  rowsRead: number;
  r2Gets: number;
  milliseconds: number;
}

interface PageOptions {
  withoutCaches?: boolean;
}

/** Sends requests to the bench Worker, one at a time. */
export class Client {
  readonly #url: URL;
  readonly #site: Site;
  readonly #tokens = new Map<Reader, string>();

  constructor(url: URL, site: Site) {
    this.#url = url;
    this.#site = site;
  }

  /** Gives the bench Worker a job, and returns its answer. */
  async ask<Answer>(job: Job): Promise<Answer> {
    const response = await fetch(this.#url, { method: "POST", body: JSON.stringify(job) });
    if (!response.ok) throw new Error(`${JSON.stringify(job)} failed: ${await response.text()}`);
    return (await response.json()) as Answer; // each job has its own type of answer
  }

  /** Reads a page. `path` may also be the URL of a link. */
  async read(
    database: DatabaseName,
    reader: Reader,
    path: string,
    { withoutCaches = false }: PageOptions = {},
  ): Promise<Page> {
    const headers = {
      Authorization: `Bearer ${await this.#tokenOf(reader)}`,
      [DATABASE_HEADER]: database,
      ...(withoutCaches && { [WITHOUT_CACHES_HEADER]: "true" }),
    };
    const startedAt = performance.now();
    const response = await get(new URL(path, this.#url), headers);
    const body = await text(response);
    const milliseconds = performance.now() - startedAt;
    if (response.statusCode !== 200) throw new Error(`${database} ${path}: ${response.statusCode} ${body}`);
    const timing = response.headers["server-timing"]?.toString() ?? "";
    return {
      body,
      etag: response.headers.etag,
      link: response.headers["link"]?.toString(),
      rowsRead: Number(/d1-rows-read;desc="([0-9]+)"/.exec(timing)?.[1]),
      r2Gets: Number(/r2;desc="([0-9]+)"/.exec(timing)?.[1]),
      milliseconds,
    };
  }

  async #tokenOf(reader: Reader): Promise<string> {
    const secret = { JWT_SECRET: this.#site.vars["JWT_SECRET"] };
    const token = this.#tokens.get(reader) ?? (await signReaderToken(secret, { user: "ada", groups: reader.groups }));
    this.#tokens.set(reader, token);
    return token;
  }
}

/**
 * Each request has its own connection. While the bench computes what a listing must contain, the runtime closes idle
 * connections.
 */
function get(url: URL, headers: Record<string, string>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request(url.href, { headers, agent: false }, resolve).on("error", reject).end();
  });
}
