import { existsSync } from "node:fs";
import { chromium, type Browser } from "playwright-core";
import { Failure } from "../../scripts/run-script.ts";

const KNOWN_PATHS = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** Chromium from the path in CHROMIUM, or from a known path. Chromium refuses to run as root with its sandbox. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = process.env["CHROMIUM"] ?? KNOWN_PATHS.find((known) => existsSync(known));
  if (executablePath === undefined) {
    throw new Failure(
      "Chromium was not found. Install it (Debian: apt-get install chromium), or set CHROMIUM to its path.",
    );
  }
  const isRoot = process.getuid?.() === 0;
  return chromium.launch({ executablePath, chromiumSandbox: !isRoot, args: ["--disable-dev-shm-usage"] });
}
