/** The labels of the fields in the forms of subscriptions and streams. A field with the same name has the same label. */
const LABELS: Record<string, string> = {
  type: "Type",
  url: "URL",
  slack_username: "Name in Slack",
  slack_icon: "Icon in Slack",
  event_types: "Event types",
  allowed_groups: "Groups",
  carries: "Groups",
  enabled: "Enabled",
  which: "Events",
  from: "From event ID",
  name: "Name",
  kind: "Kind",
  format: "Format",
  listing: "Filters",
  after: "After event ID",
  signing_secret: "Signing secret",
  token: "Token",
  index: "Index",
  source: "Source",
  sourcetype: "Source type",
  api_key: "API key",
  tags: "Tags",
  service: "Service",
  endpoint: "Endpoint",
  region: "Region",
  bucket: "Bucket",
  prefix: "Prefix",
  access_key_id: "Access key ID",
  secret_access_key: "Secret access key",
  username: "User",
  since: "Since",
  until: "Until",
  inventory_project: "Inventory project",
  inventory_application: "Inventory application",
  inventory_version: "Inventory version",
  state_project: "State project",
  state_environment: "State environment",
  state_deployment: "State deployment",
};

/** The label of a field, or undefined if the path names no field. */
export function labelFor(path: string): string | undefined {
  return Object.hasOwn(LABELS, path) ? LABELS[path] : undefined;
}

/** The labels of the fields in which two forms differ. The order of the types and groups does not matter. */
export function differingLabels(one: object, other: object): string[] {
  const others = new Map<string, unknown>(Object.entries(other));
  const fields = Object.entries(one)
    .filter(([field, value]) => !haveSameItems([value].flat(), [others.get(field)].flat()))
    .map(([field]) => labelFor(field) ?? field);
  return [...new Set(fields)];
}

function haveSameItems(some: unknown[], others: unknown[]): boolean {
  return new Set(some).symmetricDifference(new Set(others)).size === 0;
}
