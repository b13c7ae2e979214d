/** What happened, on paper: without what only a screen can do. It comes last, so that it outweighs the others. */
export const PRINT = `
@media print {
  :root { color-scheme: only light }
  body { background: none }
  header nav, .who form, .skip, footer, .filter, .narrowing, .bar, .turning, .beside, .button, .buttons, #arrival, .deliveries form, .activity details { display: none }
  .day li, .deliveries > li, .subscription { break-inside: avoid }
  h2 { break-after: avoid }
}
`;
