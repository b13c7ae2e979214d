import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

interface Arrival {
  path: string;
  /** The same for all attempts of one delivery. */
  webhookId: string;
  body: string;
}

export interface Receiver extends Disposable {
  url: string;
  /** Called for each complete request. Requests to `/never/…` get no response. */
  onArrival: (message: Arrival) => void;
  /** How long each response takes. 0: at once. */
  delayMs: number;
}

/**
 * An HTTP server on a loopback address, outside the runtime. It keeps connections open, and responds with 200.
 */
export async function startReceiver(): Promise<Receiver> {
  const server = createServer((request, response) => {
    const path = request.url ?? "/";
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (chunk: string) => (body += chunk));
    request.on("end", () => {
      receiver.onArrival({ path, webhookId: String(request.headers["webhook-id"]), body });
      if (path.startsWith("/never/")) return;
      if (receiver.delayMs > 0) setTimeout(() => response.end("ok"), receiver.delayMs);
      else response.end("ok");
    });
  });
  server.keepAliveTimeout = 0; // never
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // the server listens on a port, so this is not a string
  const receiver: Receiver = {
    url: `http://127.0.0.1:${port}`,
    onArrival: () => undefined,
    delayMs: 0,
    [Symbol.dispose]: () => {
      server.close();
      server.closeAllConnections();
    },
  };
  return receiver;
}
