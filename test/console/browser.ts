import type { aService } from "../support/service.ts";
import { tokenOf, type TestReader } from "../support/tokens.ts";

const ORIGIN = "https://tidings.example";
const ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

/** Sends what a browser sends: GETs for links, and POSTs for the forms of our own pages. `cookie` is a reader's token. */
export function aBrowser({ request }: ReturnType<typeof aService>, cookie?: string) {
  const headers = { Accept: ACCEPT, ...(cookie !== undefined && { Cookie: `X-Escape-Token=${cookie}` }) };
  return {
    open: (path: string, more: Record<string, string> = {}) =>
      request(path, { headers: { ...headers, ...more }, redirect: "manual" }),
    send: (
      path: string,
      form: Record<string, string> | [string, string][],
      more: Record<string, string> = { Origin: ORIGIN },
    ) =>
      request(path, {
        method: "POST",
        body: new URLSearchParams(form),
        headers: { ...headers, ...more },
        redirect: "manual",
      }),
  };
}

export async function signedIn(service: ReturnType<typeof aService>, reader: TestReader = {}) {
  return aBrowser(service, await tokenOf(reader));
}

/** The visible text of a page. */
export async function wordsOf(response: Response): Promise<string> {
  const texts: string[] = [];
  const html = (await response.clone().text()).replace(/<script\b.*?<\/script>/gs, "");
  const rewriter = new HTMLRewriter().on("body *", {
    element: () => void texts.push(" "),
    text: ({ text }) => void texts.push(text),
  });
  await rewriter.transform(new Response(html)).arrayBuffer();
  return decoded(texts.join("")).replace(/\s+/g, " ");
}

export interface Element {
  tag: string;
  attributes: Record<string, string>;
  text: string;
}

/** The elements that match a selector, with their texts. */
export async function elementsOf(response: Response, selector: string): Promise<Element[]> {
  const found: Element[] = [];
  const rewriter = new HTMLRewriter().on(selector, {
    element({ tagName, attributes }) {
      const pairs = [...attributes].map(([name = "", value = ""]) => [name, decoded(value)]);
      found.push({ tag: tagName, attributes: Object.fromEntries(pairs), text: "" });
    },
    text({ text }) {
      const last = found.at(-1);
      if (last !== undefined) last.text += decoded(text);
    },
  });
  await rewriter.transform(response.clone()).arrayBuffer();
  return found.map((element) => ({ ...element, text: element.text.replace(/\s+/g, " ").trim() }));
}

export async function textsOf(response: Response, selector: string): Promise<string[]> {
  return (await elementsOf(response, selector)).map(({ text }) => text);
}

export async function hrefsOf(response: Response, selector: string): Promise<(string | undefined)[]> {
  return (await elementsOf(response, selector)).map(({ attributes }) => attributes["href"]);
}

/** The exact source of each inline script of a page. */
export async function scriptsOf(response: Response): Promise<string[]> {
  const html = await response.clone().text();
  return [...html.matchAll(/<script\b[^>]*>(.*?)<\/script>/gs)].map(([, text = ""]) => text);
}

/** The URL that a browser requests when a GET form is sent unchanged. */
export async function sentUnchanged(page: Response, selector: string): Promise<string> {
  const [form] = await elementsOf(page, selector);
  const parameters = new URLSearchParams();
  for (const { attributes } of await elementsOf(page, `${selector} input`)) {
    const { name = "", value = "on", type = "text" } = attributes;
    if (type === "checkbox" && !("checked" in attributes)) continue;
    const parsed = value.replaceAll("\0", "\uFFFD").replace(/\r\n?/g, "\n"); // WHATWG HTML, "Preprocessing the input stream"
    parameters.append(name, type === "text" ? parsed.replaceAll("\n", "") : parsed.replaceAll("\n", "\r\n"));
  }
  return `${form?.attributes["action"]}?${parameters.toString()}`;
}

/** The `href` of the first link with this text. */
export async function linkOf(response: Response, text: string): Promise<string | undefined> {
  return (await elementsOf(response, "a")).find((link) => link.text === text)?.attributes["href"];
}

function decoded(text: string): string {
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}
