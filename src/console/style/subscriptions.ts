export const SUBSCRIPTIONS = `
`;
