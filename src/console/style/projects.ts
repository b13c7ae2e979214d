/** Subscriptions, deliveries, and the forms of both. */
export const PROJECTS = `
`;
