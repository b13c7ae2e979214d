import type { EventType } from "../../schemas/event.ts";
import type { LevelName } from "../../schemas/scope.ts";

/** The class "Entity Management" of the Open Cybersecurity Schema Framework. https://schema.ocsf.io/1.8.0 */
export const OCSF_VERSION = "1.8.0";
export const OCSF_CLASS = {
  category_uid: 3,
  category_name: "Identity & Access Management",
  class_uid: 3004,
  class_name: "Entity Management",
} as const;

/** The activities of the class that fit, by their captions. */
const ACTIVITY_IDS = { Create: 1, Update: 3, Delete: 4, Enable: 8 } as const;
const OTHER = 99;

/** What an event is about. `typeId` and `type` are `type_id` and `type` of the object `managed_entity`. */
interface OcsfEntity {
  typeId: number;
  type: string;
  /** The field of the event that has the entity's name. Undefined if an event has no such field. */
  nameField?: LevelName | "username";
}

export interface OcsfActivity {
  activityId: number;
  activityName: string;
  entity: OcsfEntity;
}

const USER = { typeId: 2, type: "User" };
const SIGNED_UP_USER: OcsfEntity = { ...USER, nameField: "username" };
const TEAM = { typeId: 3, type: "Group" };
const BUILD = { typeId: OTHER, type: "Build" };
const INVENTORY_PROJECT = other("Inventory project", "inventory_project");
const APPLICATION = other("Application", "inventory_application");
const RELEASE = other("Release", "inventory_version");
const STATE_PROJECT = other("State project", "state_project");
const ENVIRONMENT = other("Environment", "state_environment");
const DEPLOYMENT = other("Deployment", "state_deployment");
/** The access list of a project is a policy. */
const INVENTORY_ACCESS: OcsfEntity = { typeId: 5, type: "Policy", nameField: "inventory_project" };
const STATE_ACCESS: OcsfEntity = { typeId: 5, type: "Policy", nameField: "state_project" };

/** The mapping of all types. docs/streams.md has it as a table. */
export const OCSF_ACTIVITIES: Record<EventType, OcsfActivity> = {
  CREATE_INVENTORY_PROJECT: activity("Create", INVENTORY_PROJECT),
  NEW_INVENTORY_APPLICATION: activity("Create", APPLICATION),
  UPLOAD_INVENTORY_APPLICATION: activity("Create", RELEASE),
  UPDATE_INVENTORY_PROJECT_USER_ACL: activity("Update", INVENTORY_ACCESS),
  DELETE_INVENTORY_PROJECT_USER_ACL: activity("Delete", INVENTORY_ACCESS),
  UPDATE_INVENTORY_PROJECT_TEAM_ACL: activity("Update", INVENTORY_ACCESS),
  DELETE_INVENTORY_PROJECT_TEAM_ACL: activity("Delete", INVENTORY_ACCESS),
  CREATE_STATE_PROJECT: activity("Create", STATE_PROJECT),
  CREATE_STATE_ENVIRONMENT: activity("Create", ENVIRONMENT),
  CREATE_STATE_DEPLOYMENT: activity("Create", DEPLOYMENT),
  UPDATE_STATE_DEPLOYMENT: activity("Update", DEPLOYMENT),
  REDEPLOY_STATE_DEPLOYMENT: otherActivity("Redeploy", DEPLOYMENT),
  RERUN_SMOKE_TESTS: otherActivity("Rerun smoke tests", DEPLOYMENT),
  DESTROY_REQUESTED: otherActivity("Request destruction", DEPLOYMENT),
  ADD_BUILD: activity("Create", BUILD),
  TRIGGER_BUILD_WEBHOOK: otherActivity("Trigger build webhook", BUILD),
  BUILD_FINISHED_EVENT: otherActivity("Finish build", BUILD),
  UPDATE_STATE_PROJECT_USER_ACL: activity("Update", STATE_ACCESS),
  DELETE_STATE_PROJECT_USER_ACL: activity("Delete", STATE_ACCESS),
  UPDATE_STATE_PROJECT_TEAM_ACL: activity("Update", STATE_ACCESS),
  DELETE_STATE_PROJECT_TEAM_ACL: activity("Delete", STATE_ACCESS),
  USER_SIGNUP: activity("Create", SIGNED_UP_USER),
  USER_CONFIRMED: activity("Enable", SIGNED_UP_USER),
  TEAM_CREATED: activity("Create", TEAM),
  TEAM_DELETED: activity("Delete", TEAM),
  TEAM_MEMBER_UPDATED: activity("Update", TEAM),
  TEAM_MEMBER_DELETED: activity("Update", TEAM),
  TEAM_SERVICE_ACCOUNT_CREATED: activity("Create", USER),
};

function activity(name: keyof typeof ACTIVITY_IDS, entity: OcsfEntity): OcsfActivity {
  return { activityId: ACTIVITY_IDS[name], activityName: name, entity };
}

/** An activity that the class does not have. `activity_name` is the service's own name for it. */
function otherActivity(activityName: string, entity: OcsfEntity): OcsfActivity {
  return { activityId: OTHER, activityName, entity };
}

function other(type: string, nameField: LevelName): OcsfEntity {
  return { typeId: OTHER, type, nameField };
}
