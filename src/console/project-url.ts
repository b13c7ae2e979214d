/** The page of a project's subscriptions and deliveries. */
export function projectUrl(project: string): string {
  return `/projects/${encodeURIComponent(project)}`;
}

/** Of its deliveries, all or some. */
export function deliveriesUrl(project: string, some: { subscription?: string; event?: string } = {}): string {
  const search = new URLSearchParams(some).toString();
  return `${projectUrl(project)}${search === "" ? "" : `?${search}`}#deliveries`;
}
