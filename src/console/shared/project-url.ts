/** The path of a project's own page, or of what lies below it; `below` goes in as it is. */
export function projectUrl(project: string, ...below: string[]): string {
  return ["/projects", encodeURIComponent(project), ...below].join("/");
}

export function subscriptionUrl(project: string, id: string | number, ...below: string[]): string {
  return projectUrl(project, "subscriptions", encodeURIComponent(id), ...below);
}

/** Of its deliveries, all or some. */
export function deliveriesUrl(project: string, some: { subscription?: string; event?: string } = {}): string {
  const search = new URLSearchParams(some).toString();
  return `${projectUrl(project)}${search === "" ? "" : `?${search}`}#deliveries`;
}
