import { groupOf, type Role } from "../../domain/access/roles.ts";
import { projectUrl } from "../shared/project-url.ts";
import { Layout } from "../shared/layout.tsx";
import { UserText } from "../shared/untrusted-text.tsx";

interface Projects {
  projects: { project: string; role: Role }[];
  isAuditor: boolean;
  /** A name that was typed and cannot be one, and what would be right. */
  typed?: { name: string; fault: string } | undefined;
}

export function ProjectsPage({ projects, isAuditor, typed }: Projects) {
  return (
    <Layout
      title={typed === undefined ? "Subscriptions" : "Error: Subscriptions"}

      tree="subscriptions"
    >
      <h1>Subscriptions</h1>
      <p class="beside">Who is told of what happens in a project, and what became of it.</p>
      {projects.length === 0 ? <NoProjects isAuditor={isAuditor} /> : <ProjectList projects={projects} />}
      <GoTo typed={typed} />
    </Layout>
  );
}

function ProjectList({ projects }: Pick<Projects, "projects">) {
  return (
    <section>
      <h2>Your projects</h2>
      <ul class="projects">
        {projects.map(({ project, role }) => (
          <li>
            <a href={projectUrl(project)}>
              <UserText text={project} />
            </a>
            <span class="group">{role}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function NoProjects({ isAuditor }: Pick<Projects, "isAuditor">) {
  return (
    <section class="empty">
      <h2>You have no role in a project yet</h2>
      {isAuditor && <p>As an auditor you may look at every project: name one below.</p>}
      <p>
        A role comes with a group in your token, as in <code>{groupOf("NAME", "read")}</code>. Who reads or writes may
        see a project's subscriptions and deliveries; who is its <code>owner</code> may also change them. Ask whoever
        gives out your platform's roles.
      </p>
    </section>
  );
}

function GoTo({ typed }: Pick<Projects, "typed">) {
  return (
    <form class="go-to" action="/projects">
      <label for="project">Go to a project by its name</label>
      {typed !== undefined && (
        <p id="fault" class="fault">
          The name {typed.fault}.
        </p>
      )}
      <div class="buttons">
        <input
          id="project"
          name="project"
          value={typed?.name ?? ""}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          {...(typed !== undefined && { "aria-invalid": "true", "aria-describedby": "fault" })}
        />
        <button>Go</button>
      </div>
    </form>
  );
}
