import { bodyLimit } from "hono/body-limit";
import { AppError } from "../../errors.ts";

/** `what` is the body as its sender knows it: "A form". */
export function limitBody(maxBytes: number, what: string) {
  return bodyLimit({
    maxSize: maxBytes,
    onError: () => {
      throw new AppError("payload-too-large", `${what} holds at most ${maxBytes} bytes.`);
    },
  });
}
