import { createMiddleware } from "hono/factory";
import { invalidRequest } from "../../errors.ts";
import type { AppEnv } from "../app-env.ts";

const [QUOTE, COMMA, BACKSLASH] = [0x22, 0x2c, 0x5c];

/** Refuses a JSON body of more values before it is parsed: each takes up many times the memory of its text. */
export function limitValues(max: number) {
  return createMiddleware<AppEnv>(async (c, next) => {
    if (countCommas(new Uint8Array(await c.req.arrayBuffer())) >= max) {
      throw invalidRequest([{ path: "", message: `The body must hold at most ${max} values.` }]);
    }
    await next();
  });
}

/** Those outside of strings: there is one between any two values of an array or an object. */
function countCommas(json: Uint8Array): number {
  let commas = 0;
  let isText = false;
  for (let index = 0; index < json.length; index++) {
    const byte = json[index];
    if (byte === QUOTE) isText = !isText;
    else if (byte === BACKSLASH) index++;
    else if (byte === COMMA && !isText) commas++;
  }
  return commas;
}
