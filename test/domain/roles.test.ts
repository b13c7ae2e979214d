import { describe, expect, it } from "vitest";
import { canReadProject, ownsProject } from "../../src/domain/roles.ts";
import type { Reader } from "../../src/domain/reader.ts";

const member = (...groups: string[]): Reader => ({
  name: "ada",
  groups,
  isAuditor: false,
  expiresAt: Number.POSITIVE_INFINITY,
});
const auditor: Reader = { name: "grace", groups: ["audit"], isAuditor: true, expiresAt: Number.POSITIVE_INFINITY };

describe("roles", () => {
  it.each(["read", "write", "owner"])("lets %s see the project", (role) => {
    expect(canReadProject(member("other", `project:shop:global:${role}`), "shop")).toBe(true);
  });

  it("lets the owner change the project, and nobody else", () => {
    expect(ownsProject(member("project:shop:global:owner"), "shop")).toBe(true);
    expect(ownsProject(member("project:shop:global:read", "project:shop:global:write"), "shop")).toBe(false);
  });

  it("lets auditors see every project, and change none", () => {
    expect(canReadProject(auditor, "shop")).toBe(true);
    expect(ownsProject(auditor, "shop")).toBe(false);
  });

  it.each([
    "project:shop2:global:owner",
    "project:sho:global:owner",
    "project:Shop:global:owner",
    "project:*:global:owner",
    "project:shop:global:admin",
    "project:shop:global:",
    "project:shop:production:owner",
    "project:shop:global:owner ",
    "shop",
  ])("gives no role in shop for the group %j", (group) => {
    expect(canReadProject(member(group), "shop")).toBe(false);
    expect(ownsProject(member(group), "shop")).toBe(false);
  });
});
