/** Colours, letters and the frame of every page. Each pair of colours that is read on another has 4.5:1 or more. */
export const FRAME = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#faf9f7, #15171a);
  --raised: light-dark(#fff, #1d2024);
  --ink: light-dark(#1d2125, #e7e6e3);
  --soft: light-dark(#575f69, #a6adb7);
  --line: light-dark(#e3e0da, #33373d);
  --edge: light-dark(#85817a, #7d848d);
  --link: light-dark(#0a5a9c, #8cbcf3);
  --on-link: light-dark(#fff, #10233a);
  --bad: light-dark(#a8231c, #ff9d94);
  --good: light-dark(#1c6b3c, #7fd0a0);
  --warn: light-dark(#8a5200, #f0b95f);
  --tint: light-dark(#eef3f8, #202a35);
}
* { box-sizing: border-box }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere }
header, main, footer { max-width: 60rem; margin: 0 auto; padding: 0 1rem }
header { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem 1.5rem; padding-top: .75rem; padding-bottom: .75rem }
main { padding-bottom: 4rem; outline: none }
footer { padding-bottom: 2rem; font-size: .875rem }
footer a { display: inline-block; padding: .125rem 0; color: var(--soft) }
a { color: var(--link); text-underline-offset: .2em }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 3px }
:root { scroll-padding-bottom: 5rem }
.skip { position: absolute; left: -100vw }
.skip:focus { left: 1rem; top: .5rem; padding: .25rem .75rem; background: var(--raised); z-index: 1 }
.spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
.brand { font-weight: 700; font-size: 1.125rem; letter-spacing: -.01em; color: inherit; text-decoration: none }
header ul { display: flex; flex-wrap: wrap; gap: .25rem; margin: 0; padding: 0; list-style: none }
header li a { display: block; padding: .25rem .6rem; border-radius: 6px; color: var(--soft); text-decoration: none }
header li a:hover { color: var(--ink) }
header li a[aria-current] { color: var(--ink); background: var(--raised); box-shadow: inset 0 0 0 1px var(--line) }
.who { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem .75rem; margin-left: auto; color: var(--soft); font-size: .875rem }
.who b { color: var(--ink); font-weight: 600 }
h1 { margin: .75rem 0 1rem; font-size: 1.625rem; line-height: 1.25; letter-spacing: -.015em }
h2 { font-size: 1rem; line-height: 1.4 }
code, pre { font: .875em/1.6 ui-monospace, monospace }
.aside { color: var(--soft); font-size: .875rem; font-weight: 400; letter-spacing: 0 }
button, input { font: inherit; color: inherit; min-height: 2.5rem; padding: .375rem .75rem; border: 1px solid var(--edge); border-radius: 6px; background: var(--raised) }
button { border-color: transparent; background: var(--link); color: var(--on-link); font-weight: 600; cursor: pointer }
button:hover { filter: brightness(1.08) }
.quiet { min-height: 2rem; padding: .125rem .625rem; border-color: var(--edge); background: none; color: var(--ink); font-weight: 400 }
input[type="checkbox"] { min-height: 0; width: 1rem; height: 1rem; margin: 0; accent-color: var(--link) }
.crumbs { margin-top: .5rem; font-size: .875rem }
.crumbs ol { display: flex; flex-wrap: wrap; margin: 0; padding: 0; list-style: none }
.crumbs [aria-current] { color: var(--soft); text-decoration: none }
.buttons { display: flex; gap: .75rem; align-items: center }
.families { columns: 17rem; column-gap: 1rem; margin-top: .75rem }
fieldset { break-inside: avoid; margin: 0 0 .75rem; padding: 0; border: 0; min-width: 0; font-size: .875rem }
legend { padding: 0 0 .25rem; font-weight: 600 }
fieldset label { display: flex; gap: .5rem; align-items: center; min-height: 1.75rem }
.group { padding: 0 .5em; border: 1px solid var(--line); border-radius: 1em; font-size: .875rem }
.beside { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 .75rem; margin: -.75rem 0 1.25rem; color: var(--soft); font-size: .875rem }
.beside a { display: inline-block; padding: .125rem 0 }
.button { display: inline-block; padding: .375rem .875rem; border-radius: 6px; background: var(--link); color: var(--on-link); font-weight: 600; text-decoration: none }
.button:hover { filter: brightness(1.08) }
.heading { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center; gap: .5rem 1rem; margin: 1.5rem 0 .75rem }
summary { cursor: pointer }
.unseen { padding: 0 .2em; border: 1px solid var(--line); border-radius: 3px; color: var(--soft); font: .8em ui-monospace, monospace }
.empty { padding: 1.5rem; border: 1px solid var(--line); border-radius: 10px; background: var(--raised) }
.empty > :first-child { margin-top: 0 }
.empty > :last-child { margin-bottom: 0 }
.notice { margin: 0 0 1rem; padding: .5rem .875rem; border-left: 3px solid var(--good); border-radius: 3px; background: var(--tint); scroll-margin-top: 12rem; outline: none }
pre { overflow-x: auto; padding: 1rem; border-radius: 6px; background: var(--tint); overflow-wrap: normal }
:is(.empty, .result) pre { user-select: all }
.failure { max-width: 36rem; margin: 3rem auto }
.sign-in { display: grid; gap: .5rem; max-width: 26rem; margin: 3rem auto; padding: 1.5rem; border: 1px solid var(--line); border-radius: 10px; background: var(--raised) }
.sign-in > * { margin: 0 }
.sign-in :is(h1, h2) { margin-bottom: .5rem }
.sign-in label { font-weight: 600 }
.sign-in button { margin-top: .5rem }
.fault { color: var(--bad) }
[aria-invalid] { border-color: var(--bad) }
@media (max-width: 30rem) {
  .who { margin-left: 0; width: 100%; justify-content: space-between }
  header ul { gap: 0; margin: 0 -.375rem }
  header li a { padding: .25rem .375rem; font-size: .8125rem }
}
/* What is told by a background or a shadow is told by a border where those are taken away. */
@media (forced-colors: active) {
  button, .button, #arrival a:not([hidden]) { border: 1px solid ButtonBorder }
  header li a[aria-current] { outline: 1px solid Highlight; outline-offset: -1px }
  header li a[aria-current]:focus-visible { outline-width: 3px }
  .swatch { forced-color-adjust: none }
}
`;
