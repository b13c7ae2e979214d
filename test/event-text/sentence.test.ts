import { describe, expect, it } from "vitest";
import { toSentence, utcTime } from "../../src/event-text/sentence.ts";
import { EVENT_TYPES, type Event } from "../../src/schemas/event.ts";
import { anEvent } from "../channels/messages.ts";

const INVENTORY = { inventory_project: "shop", inventory_application: "api", inventory_version: "1.2" };
const STATE = { state_project: "shop", state_environment: "production", state_deployment: "api" };

function told(fields: Partial<Event>): string {
  return toSentence(anEvent(fields))
    .map(({ text }) => text)
    .join(" ");
}

describe("a sentence", () => {
  it.each([
    ["CREATE_INVENTORY_PROJECT", INVENTORY, "ann created the inventory project shop"],
    ["NEW_INVENTORY_APPLICATION", INVENTORY, "ann added the application api to shop"],
    ["UPLOAD_INVENTORY_APPLICATION", INVENTORY, "ann uploaded release 1.2 of api in shop"],
    ["UPDATE_INVENTORY_PROJECT_USER_ACL", INVENTORY, "ann changed a user's access to shop"],
    ["DELETE_INVENTORY_PROJECT_USER_ACL", INVENTORY, "ann removed a user's access to shop"],
    ["UPDATE_INVENTORY_PROJECT_TEAM_ACL", INVENTORY, "ann changed a team's access to shop"],
    ["DELETE_INVENTORY_PROJECT_TEAM_ACL", INVENTORY, "ann removed a team's access to shop"],
    ["CREATE_STATE_PROJECT", STATE, "ann created the state project shop"],
    ["CREATE_STATE_ENVIRONMENT", STATE, "ann created the environment production in shop"],
    ["CREATE_STATE_DEPLOYMENT", STATE, "ann created the deployment api in production of shop"],
    ["UPDATE_STATE_DEPLOYMENT", STATE, "ann updated api in production of shop"],
    ["REDEPLOY_STATE_DEPLOYMENT", STATE, "ann redeployed api to production of shop"],
    ["RERUN_SMOKE_TESTS", STATE, "ann reran the smoke tests of api in production of shop"],
    ["DESTROY_REQUESTED", STATE, "ann asked to destroy api in production of shop"],
    ["ADD_BUILD", INVENTORY, "ann added a build for 1.2 of api in shop"],
    ["TRIGGER_BUILD_WEBHOOK", STATE, "ann triggered the build webhook for api in production of shop"],
    ["BUILD_FINISHED_EVENT", STATE, "ann finished a build for api in production of shop"],
    ["UPDATE_STATE_PROJECT_USER_ACL", STATE, "ann changed a user's access to shop"],
    ["DELETE_STATE_PROJECT_USER_ACL", STATE, "ann removed a user's access to shop"],
    ["UPDATE_STATE_PROJECT_TEAM_ACL", STATE, "ann changed a team's access to shop"],
    ["DELETE_STATE_PROJECT_TEAM_ACL", STATE, "ann removed a team's access to shop"],
    ["USER_SIGNUP", {}, "ann signed up"],
    ["USER_CONFIRMED", {}, "ann confirmed an account"],
    ["TEAM_CREATED", { state_project: "shop" }, "ann created a team in shop"],
    ["TEAM_DELETED", {}, "ann deleted a team"],
    ["TEAM_MEMBER_UPDATED", {}, "ann changed a team member"],
    ["TEAM_MEMBER_DELETED", {}, "ann removed a team member"],
    ["TEAM_SERVICE_ACCOUNT_CREATED", {}, "ann created a team's service account"],
  ] as const)("tells %s", (type, names, sentence) => {
    expect(told({ type, username: "ann", ...names })).toBe(sentence);
  });

  it.each([
    ["REDEPLOY_STATE_DEPLOYMENT", STATE, "Somebody redeployed api to production of shop"],
    ["REDEPLOY_STATE_DEPLOYMENT", { state_project: "shop" }, "Somebody redeployed something to shop"],
    ["REDEPLOY_STATE_DEPLOYMENT", INVENTORY, "Somebody redeployed something to 1.2 of api in shop"],
    ["REDEPLOY_STATE_DEPLOYMENT", {}, "Somebody redeployed something"],
    ["CREATE_STATE_PROJECT", {}, "Somebody created a state project"],
    ["UPLOAD_INVENTORY_APPLICATION", { inventory_project: "shop" }, "Somebody uploaded a release of shop"],
    ["DELETE_STATE_PROJECT_TEAM_ACL", {}, "Somebody removed a team's access"],
    ["BUILD_FINISHED_EVENT", { inventory_project: "shop" }, "A build finished for shop"],
    ["BUILD_FINISHED_EVENT", {}, "A build finished"],
  ] as const)("tells %s with names missing (%o)", (type, names, sentence) => {
    expect(told({ type, ...names })).toBe(sentence);
  });

  it.each(EVENT_TYPES)("of %s marks as values all that was chosen by others, and only that", (type) => {
    const chosen = { username: "<u>", state_project: "<p>", state_environment: "<e>", state_deployment: "<d>" };
    const pieces = toSentence(anEvent({ type, ...chosen, inventory_project: "<i>" }));
    for (const { kind, text } of pieces) expect(kind).toBe(text.startsWith("<") ? "value" : "words");
  });
});

describe("a time", () => {
  it.each([
    ["0", "1970-01-01 00:00:00 UTC"],
    ["1763859600123456789", "2025-11-23 01:00:00 UTC"],
    ["9999999999999999999", "2286-11-20 17:46:39 UTC"],
  ])("of %s ns reads %s", (timestampNs, time) => {
    expect(utcTime(timestampNs)).toBe(time);
  });
});
