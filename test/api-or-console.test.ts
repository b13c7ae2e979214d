import { describe, expect, it } from "vitest";
import { aService } from "./support/service.ts";

const { request } = aService();

/**
 * True if the response is a page of the console. Every page has a Content-Security-Policy, and the API's responses have
 * none.
 */
async function isPage(path: string): Promise<boolean> {
  const response = await request(`https://tidings.example${path}`);
  return response.headers.has("Content-Security-Policy");
}

describe("the API", () => {
  it.each([
    "/api",
    "/api/v1/events/1",
    "/%61pi/v1/events/1",
    "/internal/create-event",
    "/health",
    "/health/",
    "/openapi.json",
  ])("answers at %s", async (path) => expect(await isPage(path)).toBe(false));
});

describe("the console", () => {
  it.each([
    "/",
    "/?next=/api/v1",
    "/apiary",
    "/healthy",
    "/project/api",
    "/inventory/internal",
    "/sign-in",
    "/docs",
    "//api",
  ])("answers at %s", async (path) => expect(await isPage(path)).toBe(true));
});
