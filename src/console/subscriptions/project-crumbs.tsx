import { projectUrl } from "../shared/project-url.ts";
import { UserText } from "../shared/untrusted-text.tsx";

/** The way down to a project's page, and to `here` below it. */
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
