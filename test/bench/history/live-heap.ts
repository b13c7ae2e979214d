/** Part of a response of the Chrome DevTools Protocol, "Runtime.getHeapUsage". Sizes are in bytes. */
interface HeapUsage {
  usedSize: number;
  /** The size of array buffers and other memory outside V8's heap. */
  backingStorageSize?: number;
}

/** Collects the garbage of a Worker's isolate. Returns the bytes that are left, with those of array buffers. */
export async function measureLiveHeap(inspector: URL, worker: string): Promise<number> {
  const socket = new WebSocket(`${inspector.origin}/core:user:${worker}`); // how miniflare names a Worker in workerd
  try {
    await new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve);
      socket.addEventListener("close", () => reject(new Error("the inspector refused the connection")));
    });
    await call(socket, 1, "HeapProfiler.collectGarbage");
    const { usedSize, backingStorageSize = 0 } = (await call(socket, 2, "Runtime.getHeapUsage")) as HeapUsage;
    return usedSize + backingStorageSize;
  } finally {
    socket.close();
  }
}

/** Calls a method of the Chrome DevTools Protocol. `id` must be new in this connection. */
function call(socket: WebSocket, id: number, method: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    socket.addEventListener("message", ({ data }) => {
      const message = JSON.parse(String(data)) as { id?: number; result?: unknown; error?: { message: string } };
      if (message.id !== id) return; // an event, or the response to another call
      if (message.error === undefined) resolve(message.result);
      else reject(new Error(`${method}: ${message.error.message}`));
    });
    socket.addEventListener("close", () => reject(new Error(`${method}: the inspector closed the connection`)));
    socket.send(JSON.stringify({ id, method }));
  });
}
