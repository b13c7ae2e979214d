import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  canReadProject,
  roleGroup,
  ownsProject,
  listProjectRoles,
  type Reader,
} from "../../../src/domain/access/roles.ts";
import { ScopeName } from "../../../src/schemas/text.ts";
import { HOSTILE_NAMES } from "../../support/arbitraries.ts";

const member = (...groups: string[]): Reader => ({
  name: "ada",
  groups,
  isAuditor: false,
  isOperator: false,
  expiresAt: Number.POSITIVE_INFINITY,
});
const auditor: Reader = {
  name: "grace",
  groups: ["audit"],
  isAuditor: true,
  isOperator: false,
  expiresAt: Number.POSITIVE_INFINITY,
};

describe("a reader's projects", () => {
  it("are those of the groups, each once, with the highest role", () => {
    const groups = ["team", roleGroup("web", "write"), roleGroup("shop", "read"), roleGroup("shop", "owner")];
    expect(listProjectRoles(member(...groups))).toEqual([
      { project: "shop", role: "owner" },
      { project: "web", role: "write" },
    ]);
  });

  it("may be named with anything", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.constantFrom(...HOSTILE_NAMES), fc.string({ minLength: 1, maxLength: 60 })),
        (project) => {
          fc.pre(ScopeName.safeParse(project).success && project !== "");
          expect(listProjectRoles(member(roleGroup(project, "write")))).toEqual([{ project, role: "write" }]);
        },
      ),
    );
  });

  it.each(["a:b", "x:global:read", "project:x:global:owner", "a\nb", ":global:"])(
    "reads %j to its last end",
    (project) => {
      expect(listProjectRoles(member(roleGroup(project, "owner")))).toEqual([{ project, role: "owner" }]);
    },
  );

  it.each([
    "project::global:owner",
    "project:.:global:owner",
    "project:..:global:read",
    `project:${"x".repeat(256)}:global:read`,
  ])("are none by the group %s, for no project has such a name", (group) => {
    expect(listProjectRoles(member(group))).toEqual([]);
  });
});

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
