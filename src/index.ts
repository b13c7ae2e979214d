export default {
  async fetch(request: Request, env: Env) {
    const u = new URL(request.url);
    if (u.pathname === "/send") {
      await env.DELIVERIES.send({ a: 1 });
      return new Response("sent");
    }
    if (u.pathname === "/bm") {
      const s = env.DB.withSession(request.headers.get("x-d1-bookmark") ?? "first-unconstrained");
      const r = await s.prepare("select 1 as a").all();
      return Response.json([r.meta, s.getBookmark()]);
    }
    if (u.pathname === "/fetch") {
      const r = await fetch(u.searchParams.get("u")!).catch((e) => new Response(String(e)));
      return new Response(await r.text());
    }
    return Response.json({
      vars: { ...env, DB: 0, DELIVERIES: 0, RETRIES: 0 },
      u: request.url,
      raw: typeof (JSON as any).rawJSON,
      nul: await env.DB.prepare(
        `select value->>0 as v, length(value->>0) as l, (value->>0)||'x' as c, hex(value->>0) h from json_each(?)`,
      )
        .bind(JSON.stringify([["a\u0000b"]]))
        .all(),
    });
  },
  async queue(b: any) {
    console.log("QUEUE", b.queue, b.messages.length);
  },
  async scheduled() {
    console.log("SCHED");
  },
};
