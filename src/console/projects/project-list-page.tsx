import { roleGroup, type Role } from "../../domain/access/roles.ts";
import { projectUrl } from "../shared/page-urls.ts";
import { Layout } from "../shared/layout.tsx";
import { UserText } from "../shared/untrusted-text.tsx";

interface ProjectListPageProps {
  projects: { project: string; role: Role }[];
  isAuditor: boolean;
  /** An invalid name that was typed, and the rule that it breaks: "must …". */
  typed?: { name: string; fault: string } | undefined;
}

export function ProjectListPage({ projects, isAuditor, typed }: ProjectListPageProps) {
  return (
    <Layout title={typed === undefined ? "Subscriptions" : "Error: Subscriptions"} section="subscriptions">
      <h1>Subscriptions</h1>
      <p class="subtitle">The webhooks and Slack channels that receive a project’s events, and their deliveries.</p>
      {projects.length === 0 ? <NoProjects isAuditor={isAuditor} /> : <ProjectList projects={projects} />}
      <OpenByName typed={typed} />
    </Layout>
  );
}

function ProjectList({ projects }: Pick<ProjectListPageProps, "projects">) {
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

function NoProjects({ isAuditor }: Pick<ProjectListPageProps, "isAuditor">) {
  return (
    <section class="empty">
      <h2>You have no role in a project yet</h2>
      {isAuditor && <p>As an auditor you can view every project: enter its name below.</p>}
      <p>
        Roles come from the groups in your token, such as <code>{roleGroup("NAME", "read")}</code>. With the role{" "}
        <code>read</code> or <code>write</code> you can view a project's subscriptions and deliveries; with the role{" "}
        <code>owner</code> you can also change them. Ask an administrator of your platform for a role.
      </p>
    </section>
  );
}

function OpenByName({ typed }: Pick<ProjectListPageProps, "typed">) {
  return (
    <form class="go-to" action="/projects">
      <label for="project">Open a project by its name</label>
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
        <button>Open</button>
      </div>
    </form>
  );
}
