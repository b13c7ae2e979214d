/** The timeline, its filters, and an event's own page. */
export const EVENTS = `
.crumbs li + li::before, .place a + a::before { content: "/"; display: inline-block; padding: 0 .4em; color: var(--soft); text-decoration: none }
.filter { border: 1px solid var(--line); border-radius: 10px; background: var(--raised) }
.filter > summary { padding: .5rem 1rem; font-weight: 600 }
.filters { display: flex; flex-wrap: wrap; gap: .75rem; align-items: end; padding: .75rem 1rem 1rem }
.filters > label { display: grid; flex: 0 1 auto; gap: .25rem; min-width: 0; font-size: .875rem; color: var(--soft) }
.filters > label.user { flex-basis: 8rem }
.filters > label > input { width: 100%; min-width: 0; color: var(--ink) }
.filters > label.time > input { width: auto; max-width: 100%; font-size: .875rem }
.filters > p.hint { display: block; flex-basis: 100% }
.hint code { white-space: nowrap }
.filters > p { display: flex; flex-wrap: wrap; gap: 0 .75rem; align-items: baseline; align-self: center; margin: 0; font-size: .875rem; color: var(--soft) }
.filters > p a { padding: .125rem 0 }
.filters .buttons a { font-size: .875rem }
.types > summary { padding: .5rem 0 }
.types[open] { flex-basis: 100% }
.bar { display: flex; flex-wrap: wrap; justify-content: space-between; gap: .25rem 1rem; margin: 1rem 0; font-size: .875rem }
#events { outline: none }
.bar p { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 1rem; margin: 0 }
.bar a { padding: .125rem 0 }
.bar .exports { color: var(--soft); margin-left: auto }
#arrival { position: fixed; inset: auto 0 max(1rem, env(safe-area-inset-bottom)); margin: 0; text-align: center; pointer-events: none; z-index: 1 }
#arrival a:not([hidden]) { display: inline-block; padding: .5rem 1.25rem; border-radius: 2em; background: var(--link); color: var(--on-link); font-weight: 600; text-decoration: none; box-shadow: 0 2px 10px #0005; pointer-events: auto }
.shapes { position: absolute }
.day h2 { margin: 1.5rem 0 .5rem; color: var(--soft); font-weight: 600; font-size: .875rem }
.day ol { margin: 0; padding: 0; list-style: none; border: 1px solid var(--line); border-radius: 10px; background: var(--raised) }
.day li { display: grid; grid-template-columns: 2rem minmax(0, 1fr); gap: .75rem; padding: .75rem 1rem }
.day ol > li + li { border-top: 1px solid var(--line) }
.day p { margin: 0 }
.told { display: flex; flex-wrap: wrap; gap: 0 1rem; align-items: baseline }
.told > p:first-child { flex: 0 0 100%; min-width: 0 }
:is(.told, .deliveries) .long { display: inline-block; max-width: 100%; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; vertical-align: bottom }
.told > .about { min-width: 0; max-width: 100% }
.told > .data { margin: 0; max-width: 100% }
.told > details { flex: 0 0 100% }
.day b, .event h1 b { font-weight: 600 }
.icon { width: 2rem; height: 2rem; padding: .5rem; border-radius: 50%; background: var(--tint); color: var(--link); fill: none; stroke: currentColor; stroke-width: 1.5; stroke-linecap: round; stroke-linejoin: round; flex: none }
.icon.destroy { color: var(--bad) }
.about { display: flex; flex-wrap: wrap; gap: 0 1rem; font-size: .875rem; color: var(--soft) }
.about a, .crumbs a, .data > a, .event dd a { display: inline-block; padding: .125rem 0; min-width: 1.5rem }
.about > a, .place a { color: var(--soft); text-decoration-color: var(--line) }
.about a:hover, .place a:hover { color: var(--link); text-decoration-color: currentColor }
.about .place, .crumbs li { display: flex; flex-wrap: wrap; align-items: baseline; max-width: 100% }
.about .place a, .crumbs a { max-width: min(100%, 18rem); overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
.event .place a { color: var(--link) }
.restricted::before { content: "●"; padding-right: .35em; font-size: .6em; vertical-align: .2em }
.data { margin-top: .25rem; font-size: .875rem }
.data summary { padding: .125rem 0 }
.data ul { margin: 0 0 0 .3rem; padding: 0 0 0 .9rem; border-left: 1px solid var(--line); list-style: none }
.data ul ul ul ul ul ul ul { margin-left: 0; padding-left: 0; border-left: 0 } /* data nests up to 64 deep */
.data .data, .data li { display: block; padding: 0; border: 0 }
.day .data li { display: block; padding: .0625rem 0 }
.data .name { color: var(--soft) }
.data .word { font-family: ui-monospace, monospace }
.data .text { white-space: pre-wrap }
.event h1 { display: flex; gap: .75rem; align-items: start; margin-top: 1.5rem }
.event dl { display: grid; margin: 0 0 1.5rem; border: 1px solid var(--line); border-radius: 10px; background: var(--raised) }
.event dl div { display: grid; grid-template-columns: 10rem minmax(0, 1fr); align-items: baseline; gap: 0 1rem; padding: .5rem 1rem }
.event dl div + div { border-top: 1px solid var(--line) }
.event dt { color: var(--soft) }
.event dd { display: flex; flex-wrap: wrap; gap: 0 .75rem; align-items: baseline; margin: 0 }
.event > dl code { color: var(--soft) }
#data .data { padding: .75rem 1rem; border: 1px solid var(--line); border-radius: 10px; background: var(--raised) }
#data > .data > summary { font-weight: 600 }
@media (max-width: 40rem) {
  .filters { display: grid }
  .filters > label.time > input { width: 100% }
  .event dl div { grid-template-columns: 1fr }
}
/* What is folded is named beside the time, and unfolds below both: its name stays where it is clicked. */
@supports selector(::details-content) {
  .told > details { display: contents }
  .told > details > summary { font-size: .875rem }
  .told > details::details-content { flex: 0 0 100%; font-size: .875rem }
}
/* There is room for the filters: they need no unfolding. Browsers that do not know the part unfold them all the same. */
@supports selector(::details-content) {
  @media (min-width: 40.01rem) {
    .filter > summary { display: none }
    .filter::details-content { content-visibility: visible; block-size: auto }
  }
}
`;
