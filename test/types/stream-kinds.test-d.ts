import { expectTypeOf, it } from "vitest";
import type { ChangedStream, NewStream, Stream } from "../../src/schemas/stream.ts";

it("the kind of a stream decides which destination it has", () => {
  expectTypeOf<Extract<NewStream, { kind: "http" }>["destination"]>().toEqualTypeOf<{
    url: string;
    signing_secret: string;
  }>();
  expectTypeOf<Extract<Stream, { kind: "http" }>["destination"]>().toEqualTypeOf<{ url: string }>();
  expectTypeOf<NewStream>().toHaveProperty("after");
  expectTypeOf<ChangedStream>().not.toHaveProperty("after");
  expectTypeOf<NewStream>().not.toHaveProperty("status");
});
