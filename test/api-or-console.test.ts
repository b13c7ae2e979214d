import { describe, expect, it } from "vitest";
import { isForPrograms } from "../src/doors.ts";

const at = (path: string) => new Request(`https://tidings.example${path}`);

describe("the API", () => {
  it.each([
    "/api",
    "/api/v1/events/1",
    "/%61pi/v1/events/1",
    "/internal/create-event",
    "/health",
    "/health/",
    "/openapi.json",
  ])("answers at %s", (path) => expect(isForPrograms(at(path))).toBe(true));
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
  ])("answers at %s", (path) => expect(isForPrograms(at(path))).toBe(false));
});
