import examples from "@octokit/webhooks-examples" with { type: "json" };
import type { EventType } from "../../src/schemas/event.ts";

export type Payload = Record<string, unknown>;

/** The GitHub webhook whose payloads fit the type: its name and, if one is needed, its action. */
const SOURCES: Record<EventType, [name: string, action?: string]> = {
  CREATE_INVENTORY_PROJECT: ["repository", "created"],
  NEW_INVENTORY_APPLICATION: ["create"],
  UPLOAD_INVENTORY_APPLICATION: ["release", "published"],
  UPDATE_INVENTORY_PROJECT_USER_ACL: ["member", "added"],
  DELETE_INVENTORY_PROJECT_USER_ACL: ["org_block", "blocked"],
  UPDATE_INVENTORY_PROJECT_TEAM_ACL: ["team_add"],
  DELETE_INVENTORY_PROJECT_TEAM_ACL: ["team", "removed_from_repository"],
  CREATE_STATE_PROJECT: ["project", "created"],
  CREATE_STATE_ENVIRONMENT: ["branch_protection_rule", "created"],
  CREATE_STATE_DEPLOYMENT: ["deployment"],
  UPDATE_STATE_DEPLOYMENT: ["deployment_status"],
  REDEPLOY_STATE_DEPLOYMENT: ["deployment_review"],
  RERUN_SMOKE_TESTS: ["check_suite", "rerequested"],
  DESTROY_REQUESTED: ["delete"],
  ADD_BUILD: ["push"],
  TRIGGER_BUILD_WEBHOOK: ["workflow_dispatch"],
  BUILD_FINISHED_EVENT: ["workflow_run", "completed"],
  UPDATE_STATE_PROJECT_USER_ACL: ["member", "edited"],
  DELETE_STATE_PROJECT_USER_ACL: ["org_block", "unblocked"],
  UPDATE_STATE_PROJECT_TEAM_ACL: ["team", "added_to_repository"],
  DELETE_STATE_PROJECT_TEAM_ACL: ["team", "removed_from_repository"],
  USER_SIGNUP: ["organization", "member_invited"],
  USER_CONFIRMED: ["organization", "member_added"],
  TEAM_CREATED: ["team", "created"],
  TEAM_DELETED: ["team", "deleted"],
  TEAM_MEMBER_UPDATED: ["membership", "added"],
  TEAM_MEMBER_DELETED: ["membership", "removed"],
  TEAM_SERVICE_ACCOUNT_CREATED: ["deploy_key", "created"],
};

export const EVENT_TYPES = Object.keys(SOURCES) as EventType[]; // SOURCES has every type and no other

/** One of GitHub's example payloads for a type. Further calls take the next ones. */
export function payloadFor(type: EventType, turn: number): Payload {
  const [name, action] = SOURCES[type];
  const found = examples
    .filter((webhook) => webhook.name === name)
    .flatMap((webhook): unknown[] => webhook.examples)
    .filter((example) => isPayload(example))
    .filter((example) => action === undefined || example["action"] === action);
  const payload = found[turn % found.length];
  if (payload === undefined) throw new Error(`@octokit/webhooks-examples has no ${name} ${action ?? ""}`);
  return payload;
}

export function isPayload(value: unknown): value is Payload {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
