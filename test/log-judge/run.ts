import { spawnSync } from "node:child_process";
import { homedir } from "node:os";
import { join } from "node:path";

// npm run test:log-judge -- --url URL [--token TOKEN] [--key VKEY] [--known FILE] [--event ID] [--witness VKEY]
// Go's own verifier of such logs, over the log of a running service. Debian: apt-get install golang-go golang-golang-x-mod-dev

const { error, status } = spawnSync("go", ["run", ".", ...process.argv.slice(2)], {
  cwd: import.meta.dirname,
  stdio: "inherit",
  env: { ...process.env, GO111MODULE: "off", GOPATH: "/usr/share/gocode", GOCACHE: join(homedir(), ".cache/go-build") },
});
if (error) console.error(`go cannot be run: ${error.message}`);
process.exitCode = status ?? 1;
