export const DELIVERIES = `
`;
