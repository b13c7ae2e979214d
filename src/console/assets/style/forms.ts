/** The form of a subscription, and what is said of its faults. */
export const FORMS = `
.edit { display: grid; gap: 1.25rem; justify-items: start; max-width: 44rem }
.field { display: grid; gap: .25rem; width: 100%; margin: 0; font-size: 1rem }
.field > label, .field > legend { font-weight: 600 }
.field legend { padding: 0 }
.field p { margin: 0 }
.field .field { font-size: .875rem }
.field > input { width: 100%; max-width: 100% }
.field label.tick { display: flex; gap: .5rem; align-items: center; min-height: 1.75rem }
fieldset.field > label, .ticks label, .edit .families label { font-weight: 400; align-items: baseline }
fieldset.field input[type="radio"], .field input[type="checkbox"] { flex: none; min-height: 0; width: 1rem; height: 1rem; margin: 0; accent-color: var(--link); position: relative; top: .125rem }
.field label.tick input { top: 0 }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 16rem), 1fr)); gap: .75rem 1rem; margin-top: .25rem }
.pair .field { align-content: start }
.ticks { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 18rem), 1fr)); gap: 0 1rem }
.field[aria-invalid] { padding-left: .75rem; border-left: 3px solid var(--bad) }
.field > .fault { font-size: .875rem }
#from { max-width: 14rem }
.faults { scroll-margin-top: 12rem; outline: none; margin: 0 0 1.25rem; padding: .75rem 1rem; border-left: 3px solid var(--bad); background: var(--raised) }
.faults p { margin: 0 }
.faults ul { margin: .25rem 0 0; padding: 0; list-style: none }
.faults li { padding: .125rem 0 }
.faults a { color: var(--bad) }
`;
