import type { EventType } from "../schemas/event.ts";
import type { LevelName } from "../schemas/scope.ts";

/** The words for one type of event: "ann redeployed something", or "ann redeployed api" if the event has that name. */
interface Phrase {
  verb: string;
  /** The thing that was changed: the level of its name, and the verb to use before that name. */
  object?: { level: LevelName; verb: string };
  /** The word before the place: "… to production of shop". */
  preposition: string;
  /** How the sentence begins if the event has no `username`. By default, it then begins with "Somebody". */
  withoutActor?: string;
}

export const PHRASES: Record<EventType, Phrase> = {
  CREATE_INVENTORY_PROJECT: {
    verb: "created an inventory project",
    object: { level: "inventory_project", verb: "created the inventory project" },
    preposition: "for",
  },
  NEW_INVENTORY_APPLICATION: {
    verb: "added an application",
    object: { level: "inventory_application", verb: "added the application" },
    preposition: "to",
  },
  UPLOAD_INVENTORY_APPLICATION: {
    verb: "uploaded a release",
    object: { level: "inventory_version", verb: "uploaded release" },
    preposition: "of",
  },
  UPDATE_INVENTORY_PROJECT_USER_ACL: accessTo("inventory_project", "changed a user's access"),
  DELETE_INVENTORY_PROJECT_USER_ACL: accessTo("inventory_project", "removed a user's access"),
  UPDATE_INVENTORY_PROJECT_TEAM_ACL: accessTo("inventory_project", "changed a team's access"),
  DELETE_INVENTORY_PROJECT_TEAM_ACL: accessTo("inventory_project", "removed a team's access"),
  CREATE_STATE_PROJECT: {
    verb: "created a state project",
    object: { level: "state_project", verb: "created the state project" },
    preposition: "for",
  },
  CREATE_STATE_ENVIRONMENT: {
    verb: "created an environment",
    object: { level: "state_environment", verb: "created the environment" },
    preposition: "in",
  },
  CREATE_STATE_DEPLOYMENT: {
    verb: "created a deployment",
    object: { level: "state_deployment", verb: "created the deployment" },
    preposition: "in",
  },
  UPDATE_STATE_DEPLOYMENT: {
    verb: "updated a deployment",
    object: { level: "state_deployment", verb: "updated" },
    preposition: "in",
  },
  REDEPLOY_STATE_DEPLOYMENT: {
    verb: "redeployed something",
    object: { level: "state_deployment", verb: "redeployed" },
    preposition: "to",
  },
  RERUN_SMOKE_TESTS: {
    verb: "reran smoke tests",
    object: { level: "state_deployment", verb: "reran the smoke tests of" },
    preposition: "in",
  },
  DESTROY_REQUESTED: {
    verb: "asked for something to be destroyed",
    object: { level: "state_deployment", verb: "asked to destroy" },
    preposition: "in",
  },
  ADD_BUILD: { verb: "added a build", preposition: "for" },
  TRIGGER_BUILD_WEBHOOK: { verb: "triggered the build webhook", preposition: "for" },
  BUILD_FINISHED_EVENT: { verb: "finished a build", preposition: "for", withoutActor: "A build finished" },
  UPDATE_STATE_PROJECT_USER_ACL: accessTo("state_project", "changed a user's access"),
  DELETE_STATE_PROJECT_USER_ACL: accessTo("state_project", "removed a user's access"),
  UPDATE_STATE_PROJECT_TEAM_ACL: accessTo("state_project", "changed a team's access"),
  DELETE_STATE_PROJECT_TEAM_ACL: accessTo("state_project", "removed a team's access"),
  USER_SIGNUP: { verb: "signed up", preposition: "for" },
  USER_CONFIRMED: { verb: "confirmed an account", preposition: "for" },
  TEAM_CREATED: { verb: "created a team", preposition: "in" },
  TEAM_DELETED: { verb: "deleted a team", preposition: "in" },
  TEAM_MEMBER_UPDATED: { verb: "changed a team member", preposition: "in" },
  TEAM_MEMBER_DELETED: { verb: "removed a team member", preposition: "in" },
  TEAM_SERVICE_ACCOUNT_CREATED: { verb: "created a team's service account", preposition: "in" },
};

function accessTo(project: LevelName, verb: string): Phrase {
  return { verb, object: { level: project, verb: `${verb} to` }, preposition: "in" };
}
