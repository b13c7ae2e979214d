import { projectUrl } from "./page-urls.ts";
import { UserText } from "./untrusted-text.tsx";

/** Breadcrumbs to a project’s page, and to the page `here` below it. */
export function ProjectCrumbs({ project, here }: { project: string; here?: string }) {
  return (
    <nav class="crumbs" aria-label="Breadcrumb">
      <ol>
        <li>
          <a href="/projects">Subscriptions</a>
        </li>
        <li>
          <a href={projectUrl(project)} {...(here === undefined && { "aria-current": "page" })}>
            <UserText text={project} />
          </a>
        </li>
        {here !== undefined && (
          <li>
            <span aria-current="page">
              <UserText text={here} />
            </span>
          </li>
        )}
      </ol>
    </nav>
  );
}
