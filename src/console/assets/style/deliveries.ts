/** Deliveries, their attempts and their filters. */
export const DELIVERIES = `
#deliveries { margin-top: 2rem }
.narrowing { display: flex; flex-wrap: wrap; gap: .75rem; align-items: end; margin: 0 0 1rem }
.narrowing label { display: grid; gap: .25rem; min-width: 0; font-size: .875rem; color: var(--soft) }
.narrowing select, .narrowing input { width: 100%; min-width: 0; color: var(--ink) }
.narrowing input { width: 9rem }
.narrowing select { font: inherit; max-width: 18rem; min-height: 2.5rem; padding: .375rem .5rem; border: 1px solid var(--edge); border-radius: 6px; background: var(--raised) }
.narrowing .quiet { min-height: 2.5rem }
.deliveries { margin: 0; padding: 0; list-style: none; border: 1px solid var(--line); border-radius: 10px; background: var(--raised) }
.deliveries > li { display: grid; grid-template-columns: 9.5rem minmax(0, 1fr) auto; gap: .125rem 1rem; padding: .75rem 1rem }
.deliveries > li + li { border-top: 1px solid var(--line) }
.deliveries p { margin: 0 }
.deliveries b { font-weight: 600 }
.deliveries .of > p:first-child a { color: inherit; text-decoration-color: var(--line) }
.deliveries .of > p:first-child a:hover { text-decoration-color: currentColor }
.deliveries .state { display: grid; grid-template-columns: 1rem 1fr; gap: 0 .5rem; align-items: center; align-content: start }
.deliveries .state svg { fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round }
.deliveries .state .aside { grid-column: 2 }
.deliveries .state:is(.pending, .held, .cancelled) { color: var(--soft) }
.deliveries .state.failed { color: var(--bad) }
.deliveries .state.delivered svg { color: var(--good) }
.deliveries .of .about { align-items: baseline }
.deliveries .why { color: var(--ink) }
.deliveries button { border-color: var(--line); font-size: .875rem }
.deliveries button:hover { border-color: var(--edge) }
.deliveries .attempts { font-size: .875rem }
.deliveries .attempts summary { padding: .125rem 0; color: var(--soft) }
.deliveries .attempts table { width: 100%; margin: .25rem 0 .5rem; border-collapse: collapse }
.deliveries .attempts th, .deliveries .attempts td { padding: .25rem .75rem .25rem 0; text-align: left; vertical-align: top; font-weight: 400 }
.deliveries .attempts th { color: var(--soft) }
.deliveries .attempts td:last-child { width: 99%; padding-right: 0 }
.deliveries .attempts tr > :not(:last-child) { white-space: nowrap; font-variant-numeric: tabular-nums }
.deliveries .attempts tbody tr > * { border-top: 1px solid var(--line) }
.answer { display: block; padding: .25rem .5rem; border-radius: 3px; background: var(--tint); white-space: pre-wrap }
.answer span { display: block; min-height: 1lh }
.tally { display: flex; flex-wrap: wrap; gap: 0 1rem }
#deliveries .turning { display: flex; gap: 1rem; font-size: .875rem }
@media (max-width: 40rem) {
  .deliveries > li { grid-template-columns: minmax(0, 1fr) auto }
  .deliveries .of { grid-column: 1 / -1; grid-row: 2 }
  .deliveries .state { display: flex; flex-wrap: wrap; align-items: center }
  .narrowing { display: grid; grid-template-columns: 1fr 1fr }
  .narrowing label:nth-child(2) { grid-column: 1 / -1; grid-row: 2 }
  .narrowing input { width: 100% }
  .narrowing select { max-width: none }
  .deliveries .attempts thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
  .deliveries .attempts tr { display: grid; grid-template-columns: auto minmax(0, auto) auto 1fr; border-top: 1px solid var(--line); padding: .25rem 0 }
  .deliveries .attempts tbody tr > * { padding-top: 0; padding-bottom: 0; border: 0 }
  .deliveries .attempts tr > td:nth-child(2) { white-space: normal }
  .deliveries .attempts td:last-child { grid-column: 1 / -1; width: auto }
}
`;
