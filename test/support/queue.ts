/** A queue that delivers nothing: it keeps what it was sent, or refuses as Queues do when they are down. */
export function aQueue() {
  const fake = {
    sent: [] as unknown[],
    isDown: false,
    /** Of what it was sent, the hints of deliveries. */
    get hints() {
      return fake.sent.filter((body) => body !== null && typeof body === "object" && "delivery_id" in body);
    },
    binding: queueThat(async (messages) => {
      if (fake.isDown) throw new Error("Queue sendBatch failed: Internal Server Error");
      fake.sent.push(...[...messages].map(({ body }) => body));
    }),
  };
  return fake;
}

/** Of a queue, the service calls `sendBatch` alone. */
function queueThat(takes: (messages: Iterable<MessageSendRequest>) => Promise<void>): Queue {
  const queue: Pick<Queue, "sendBatch"> = {
    async sendBatch(messages) {
      await takes(messages);
      return { metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } };
    },
  };
  return queue as Queue;
}
