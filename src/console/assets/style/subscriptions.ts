/** Subscriptions: their list, their week, and their own pages. */
export const SUBSCRIPTIONS = `
.subscription, .standing { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 1rem 2rem; padding: 1rem }
.subscription p, .standing p { margin: 0 }
.subscription h3 { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden; margin: 0 0 .25rem; font-size: 1rem; line-height: 1.4 }
.subscription h3 a { display: inline; padding: .125rem 0 }
.subscription .buttons { margin-top: .625rem; font-size: .875rem }
.subscription .buttons a { padding: .25rem 0 }
.subscription .quiet { font-size: .875rem }
.standing { border: 1px solid var(--line); border-radius: 10px; background: var(--raised) }
.standing .buttons { margin-top: .75rem }
.standing .buttons a { padding: .25rem 0 }
.status { display: inline-grid; grid-template-columns: 1.25rem minmax(0, 1fr); align-items: baseline }
.mark { font-size: .8125rem; line-height: 1 }
.active .mark { color: var(--good) }
.failing .mark, .held .mark { color: var(--warn) }
.disabled .mark { color: var(--soft) }
.told-of { margin: .5rem 0 .25rem; font-size: .875rem }
.told-of div { display: grid; grid-template-columns: 6.5rem minmax(0, 1fr) }
.told-of dt { color: var(--soft) }
.told-of dd { margin: 0 }
.more { display: inline-block; vertical-align: top; margin-left: .35em }
.more summary, .days summary { padding: .125rem 0; color: var(--soft) }
.health { display: grid; grid-template-columns: auto 11.25rem; gap: .25rem 1rem; align-content: start; font-size: .875rem }
.health ul { margin: 0; padding: 0; list-style: none; white-space: nowrap }
.health > p { grid-column: 2; white-space: nowrap }
.told-of .one { display: inline-block; margin-right: .3em }
p.health { display: block; align-self: start }
.bars { grid-row: 1 / 3; display: block; overflow: visible }
.bars .delivered { fill: var(--link) }
.bars .retried { fill: none; stroke: var(--warn) }
.hatch { fill: var(--bad) }
.bars .none { fill: var(--line) }
.bars text { fill: var(--soft); font-size: .6875rem }
.swatch { display: inline-block; width: .75rem; height: .75rem; margin-right: .25rem; vertical-align: -.0625rem }
.swatch.delivered { background: var(--link) }
.swatch.retried { border: 1.5px solid var(--warn) }
.swatch.failed { background: repeating-linear-gradient(135deg, var(--bad) 0 2px, transparent 2px 4px) }
.days { margin-top: .5rem; font-size: .875rem }
.days table { border-collapse: collapse }
.days th, .days td { padding: .25rem 1.5rem .25rem 0; text-align: left; font-weight: 400; font-variant-numeric: tabular-nums }
.days thead th { color: var(--soft) }
.days tbody tr { border-top: 1px solid var(--line) }
main > section[id] > h2 { margin: 2rem 0 .25rem }
main > section[id] > h2, .heading h2 { font-size: 1.125rem }
main > section[id] > h2 + p { margin: 0 0 .75rem }
.heading h2, .heading p { margin: 0 }
#subscriptions > h2, #settings > h2 { margin-bottom: .75rem }
#secret p code { display: block }
.crumbs span { display: inline-block; padding: .125rem 0 }
.result { margin: 0 0 .75rem; padding: .75rem 1rem; border-left: 3px solid var(--edge); background: var(--tint) }
.result p { margin: 0 0 .375rem }
.result > :last-child { margin-bottom: 0 }
.result pre { margin: 0; padding: .5rem 0; white-space: pre-wrap; overflow-wrap: anywhere; background: none }
section[tabindex] { outline: none }
section > .buttons { flex-wrap: wrap }
#delete summary { padding: .125rem 0 }
.danger { background: none; border-color: var(--bad); color: var(--bad) }
@media (max-width: 52rem) {
  .subscription, .standing { grid-template-columns: minmax(0, 1fr) }
}
@media (max-width: 30rem) {
  .health { grid-template-columns: 1fr }
  .health > p { grid-column: 1 }
  .bars { grid-row: auto }
  .told-of div { grid-template-columns: 5.75rem minmax(0, 1fr) }
}
`;
