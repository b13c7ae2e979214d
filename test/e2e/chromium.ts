import { existsSync } from "node:fs";
import { chromium, type Browser } from "playwright-core";
import { Failure } from "../../scripts/run-script.ts";

const PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** The Chromium of this machine, or the one that CHROMIUM names. As root it runs without its sandbox: it refuses to otherwise. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = process.env["CHROMIUM"] ?? PLACES.find((place) => existsSync(place));
  if (executablePath === undefined) {
    throw new Failure("No Chromium was found. Install one (Debian: apt-get install chromium), or name it in CHROMIUM.");
  }
  const isRoot = process.getuid?.() === 0;
  return chromium.launch({ executablePath, chromiumSandbox: !isRoot, args: ["--disable-dev-shm-usage"] });
}
