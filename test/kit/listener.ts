import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";

export interface Listener extends AsyncDisposable {
  urlFor(name: string): string;
}

interface Reply {
  status: number;
  text: string;
}

/** `body` is the text of `bytes`. */
type Respond = (name: string, headers: Record<string, string>, body: string, bytes: Buffer) => Reply;

/** An HTTP server on a free port of loopback. `respond` handles requests for `/{name}`. */
export async function listen(respond: Respond): Promise<Listener> {
  const server = createServer((request, response) => {
    buffer(request)
      .then((bytes) => respond(nameOf(request), headersOf(request), bytes.toString("utf8"), bytes))
      .then(({ status, text: reply }) => response.writeHead(status, { "Content-Type": "text/plain" }).end(reply))
      .catch(() => response.destroy()); // the client closed the connection before the end
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no free port on 127.0.0.1");
  return {
    urlFor: (name) => `http://127.0.0.1:${address.port}/${encodeURIComponent(name)}`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

function nameOf({ url = "/" }: IncomingMessage): string {
  return decodeURIComponent(url.slice(1));
}

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
