export const ACTIVITY = `
`;
