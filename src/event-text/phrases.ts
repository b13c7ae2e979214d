import type { EventType } from "../schemas/event.ts";
import type { Place } from "./place-names.ts";

/** How an event's type is told: "ann redeployed something", or "ann redeployed api" where the event names it. */
interface Deed {
  did: string;
  /** What it is done to, and the words before its name. */
  to?: { place: Place; did: string };
  /** The word before the place: "… to production of shop". */
  lead: string;
  /** For when nobody is named; otherwise "Somebody" did it. */
  byItself?: string;
}

export const PHRASES: Record<EventType, Deed> = {
  CREATE_INVENTORY_PROJECT: {
    did: "created an inventory project",
    to: { place: "inventory_project", did: "created the inventory project" },
    lead: "for",
  },
  NEW_INVENTORY_APPLICATION: {
    did: "added an application",
    to: { place: "inventory_application", did: "added the application" },
    lead: "to",
  },
  UPLOAD_INVENTORY_APPLICATION: {
    did: "uploaded a release",
    to: { place: "inventory_version", did: "uploaded release" },
    lead: "of",
  },
  UPDATE_INVENTORY_PROJECT_USER_ACL: accessTo("inventory_project", "changed a user's access"),
  DELETE_INVENTORY_PROJECT_USER_ACL: accessTo("inventory_project", "removed a user's access"),
  UPDATE_INVENTORY_PROJECT_TEAM_ACL: accessTo("inventory_project", "changed a team's access"),
  DELETE_INVENTORY_PROJECT_TEAM_ACL: accessTo("inventory_project", "removed a team's access"),
  CREATE_STATE_PROJECT: {
    did: "created a state project",
    to: { place: "state_project", did: "created the state project" },
    lead: "for",
  },
  CREATE_STATE_ENVIRONMENT: {
    did: "created an environment",
    to: { place: "state_environment", did: "created the environment" },
    lead: "in",
  },
  CREATE_STATE_DEPLOYMENT: {
    did: "created a deployment",
    to: { place: "state_deployment", did: "created the deployment" },
    lead: "in",
  },
  UPDATE_STATE_DEPLOYMENT: {
    did: "updated a deployment",
    to: { place: "state_deployment", did: "updated" },
    lead: "in",
  },
  REDEPLOY_STATE_DEPLOYMENT: {
    did: "redeployed something",
    to: { place: "state_deployment", did: "redeployed" },
    lead: "to",
  },
  RERUN_SMOKE_TESTS: {
    did: "reran smoke tests",
    to: { place: "state_deployment", did: "reran the smoke tests of" },
    lead: "in",
  },
  DESTROY_REQUESTED: {
    did: "asked for something to be destroyed",
    to: { place: "state_deployment", did: "asked to destroy" },
    lead: "in",
  },
  ADD_BUILD: { did: "added a build", lead: "for" },
  TRIGGER_BUILD_WEBHOOK: { did: "triggered the build webhook", lead: "for" },
  BUILD_FINISHED_EVENT: { did: "finished a build", lead: "for", byItself: "A build finished" },
  UPDATE_STATE_PROJECT_USER_ACL: accessTo("state_project", "changed a user's access"),
  DELETE_STATE_PROJECT_USER_ACL: accessTo("state_project", "removed a user's access"),
  UPDATE_STATE_PROJECT_TEAM_ACL: accessTo("state_project", "changed a team's access"),
  DELETE_STATE_PROJECT_TEAM_ACL: accessTo("state_project", "removed a team's access"),
  USER_SIGNUP: { did: "signed up", lead: "for" },
  USER_CONFIRMED: { did: "confirmed an account", lead: "for" },
  TEAM_CREATED: { did: "created a team", lead: "in" },
  TEAM_DELETED: { did: "deleted a team", lead: "in" },
  TEAM_MEMBER_UPDATED: { did: "changed a team member", lead: "in" },
  TEAM_MEMBER_DELETED: { did: "removed a team member", lead: "in" },
  TEAM_SERVICE_ACCOUNT_CREATED: { did: "created a team's service account", lead: "in" },
};

function accessTo(project: Place, did: string): Deed {
  return { did, to: { place: project, did: `${did} to` }, lead: "in" };
}
