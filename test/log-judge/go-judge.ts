import { spawn } from "node:child_process";
import { once } from "node:events";
import { homedir } from "node:os";
import { join } from "node:path";

/**
 * Runs the judge, a program in Go, with these options. Returns its exit code, which is 0 if the log has no fault.
 * @throws Error if `go` cannot be run
 */
export async function runJudge(options: string[], signal: AbortSignal): Promise<number> {
  const judge = spawn("go", ["run", ".", ...options], {
    cwd: import.meta.dirname,
    stdio: "inherit",
    signal,
    env: {
      ...process.env,
      GO111MODULE: "off",
      GOPATH: "/usr/share/gocode",
      GOCACHE: join(homedir(), ".cache/go-build"),
    },
  });
  const [code] = await once(judge, "close");
  return typeof code === "number" ? code : 1;
}
