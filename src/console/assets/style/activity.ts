/** How much happened when, above a timeline. */
export const ACTIVITY = `
.activity { margin: 1.25rem 0; font-size: .875rem }
.activity h2, .activity p { margin: 0 }
.activity > :is(h2, p) { display: inline; margin-right: .5rem }
.chart { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 1rem; margin: .5rem 0; font-size: .8125rem; line-height: 1.75em }
.chart ul { margin: 0; padding: 0; list-style: none }
.chart li { display: flex; align-items: end; line-height: 1.4; justify-content: space-between; gap: 1rem; height: 1.75em }
.chart b { font-weight: 400; color: var(--soft); font-variant-numeric: tabular-nums }
.chart div { width: fit-content; max-width: 100% }
.chart svg { display: block; max-width: 100% }
.chart path { fill: var(--link); pointer-events: none }
.chart .ground { stroke: var(--line); vector-effect: non-scaling-stroke }
.chart rect { fill: transparent }
.chart a:hover rect { fill: var(--line) }
.chart p { display: flex; justify-content: space-between; gap: 1rem; color: var(--soft); line-height: 1.4 }
.chart span + span { text-align: right }
.activity summary { padding: .125rem 0; color: var(--soft) }
.scroll { overflow-x: auto }
.activity table { border-collapse: collapse; font-variant-numeric: tabular-nums; overflow-wrap: normal }
.activity th { padding: .25rem 1rem .25rem 0; text-align: left; font-weight: 400; white-space: nowrap }
.activity td, .activity tr:first-child th + th { text-align: right }
.activity td { padding-right: 1rem }
.activity th a { display: inline-block; padding: .125rem 0 }
.activity tr + tr { border-top: 1px solid var(--line) }
`;
