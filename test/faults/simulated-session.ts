import type { Invocation, Simulation } from "./simulation.ts";

/** A D1 session in which each round trip is a step of the simulation. */
export function simulatedSession(
  simulation: Simulation,
  by: Invocation,
  session: D1DatabaseSession,
): D1DatabaseSession {
  const real = new WeakMap<D1PreparedStatement, { statement: D1PreparedStatement; name: string }>();

  function stepping(statement: D1PreparedStatement, name: string): D1PreparedStatement {
    const own: Pick<D1PreparedStatement, "bind" | "all"> = {
      bind: (...values) => stepping(statement.bind(...values), name),
      all: <Row>() => simulation.ask(by, { kind: "d1", name }, () => statement.all<Row>()),
    };
    const whole = own as D1PreparedStatement; // `openDatabase` calls only these
    real.set(whole, { statement, name });
    return whole;
  }

  const own: Pick<D1DatabaseSession, "prepare" | "batch" | "getBookmark"> = {
    prepare: (sql) => stepping(session.prepare(sql), nameOf(sql)),
    batch: <Row>(statements: D1PreparedStatement[]) => {
      const found = statements.map((statement) => real.get(statement)).filter((one) => one !== undefined);
      const name = `batch of ${found.length}: ${found[0]?.name}`;
      return simulation.ask(by, { kind: "d1", name }, () =>
        session.batch<Row>(found.map(({ statement }) => statement)),
      );
    },
    getBookmark: () => session.getBookmark(),
  };
  return own;
}

function nameOf(sql: string): string {
  return sql.trim().split(/\s+/).slice(0, 6).join(" ");
}
