/** A queue without a consumer. It stores its messages, or fails like Queues during an outage. */
export function aQueue() {
  const fake = {
    sent: [] as unknown[],
    isDown: false,
    /** The messages that are hints. */
    get hints() {
      return fake.sent.filter((body) => body !== null && typeof body === "object" && "delivery_id" in body);
    },
    binding: makeQueue(async (messages) => {
      if (fake.isDown) throw new Error("Queue sendBatch failed: Internal Server Error");
      fake.sent.push(...[...messages].map(({ body }) => body));
    }),
  };
  return fake;
}

/** The service calls only `sendBatch` of a queue. */
function makeQueue(send: (messages: Iterable<MessageSendRequest>) => Promise<void>): Queue {
  const queue: Pick<Queue, "sendBatch"> = {
    async sendBatch(messages) {
      await send(messages);
      return { metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } };
    },
  };
  return queue as Queue;
}
