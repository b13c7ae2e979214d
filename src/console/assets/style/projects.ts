/** The projects that one has a role in, and the head of a project's own page. */
export const PROJECTS = `
.projects, .subscriptions { margin: 0 0 1.5rem; padding: 0; list-style: none; border: 1px solid var(--line); border-radius: 10px; background: var(--raised) }
.projects li { display: flex; justify-content: space-between; align-items: center; gap: 1rem; padding: .625rem 1rem }
.projects a { padding: .125rem 0; min-width: 1.5rem }
.projects li + li, .subscription + .subscription { border-top: 1px solid var(--line) }
.projects .group { color: var(--soft); flex: none }
.go-to { display: grid; gap: .375rem; margin-top: 1.5rem; max-width: 26rem }
.go-to label { font-weight: 600 }
.go-to p { margin: 0 }
.go-to input { flex: 1; min-width: 0 }
`;
