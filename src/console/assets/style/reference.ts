import { keptForEver } from "../../shared/hashed-url.ts";

/**
 * Swagger UI in the console's colours and letters, for the reference's page alone. Its own colours lack contrast, and
 * are all taken away; the ID outweighs its rules.
 */
export const REFERENCE_SHEET = `
#reference { min-height: 100vh }
#reference .swagger-ui * { border-color: var(--line); background-color: transparent; color: inherit; font-family: inherit; box-shadow: none; text-shadow: none; transition: none }
#reference .swagger-ui { color: inherit; font: inherit }
#reference .swagger-ui :is(.wrapper, .operation-tag-content, .webhooks, .models, .models > *, .opblock-body, .renderedMarkdown) { max-width: none; margin: 0; padding: 0; border: 0 }
#reference .swagger-ui :is(code, pre, .microlight, .opblock-summary-path, .opblock-summary-method, .parameter__type, .parameter__in, .json-schema-2020-12__title, .json-schema-2020-12__attribute, .json-schema-2020-12__constraint) { font-family: ui-monospace, monospace }
#reference .swagger-ui :is(p, li, td, th, dt, dd, label, small, .tab, .parameter__name, .response-col_status) { font-size: .875rem; line-height: 1.5 }
#reference .swagger-ui :is(p, ul) { margin: 0 0 .5rem }
#reference .swagger-ui a { color: var(--link) }
#reference .swagger-ui svg { fill: currentColor }
#reference .swagger-ui :focus-visible { outline: 2px solid var(--link) }

#reference .swagger-ui :is(pre, .microlight, .json-schema-2020-12__attribute, .json-schema-2020-12__constraint, .parameter__type, .parameter__in) { font-weight: 400; font-style: normal }
#reference .swagger-ui :is(h2, h3, h4, h5) { margin: 2rem 0 .5rem; padding: 0; font-size: 1.25rem; line-height: 1.4; font-weight: 600 }
#reference .swagger-ui h3 { font-size: 1rem }
#reference .swagger-ui :is(h4, h5) { margin: 1rem 0 .5rem; font-size: .875rem }
#reference .swagger-ui .tab-item h4 span::after { content: none }
#reference .swagger-ui :is(.webhooks > h2, .models > h4, .opblock-tag-section:has(.operation-tag-content:empty)) { display: none }
#reference .swagger-ui .renderedMarkdown code { padding: .0625rem .3em; border-radius: 4px; background: var(--tint); font-size: .8125rem; font-weight: 400 }
#reference .swagger-ui .renderedMarkdown :is(th, td) { padding: .375rem .75rem .375rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top }
#reference .swagger-ui td:first-child code { white-space: nowrap }
#reference .swagger-ui dl { margin: 0; border: 1px solid var(--line); border-radius: 10px; background: var(--raised) }
#reference .swagger-ui dl > div { display: grid; grid-template-columns: 15rem minmax(0, 1fr); gap: 0 1rem; padding: .5rem 1rem }
#reference .swagger-ui dl > div + div { border-top: 1px solid var(--line) }
#reference .swagger-ui :is(dd, dd p) { margin: 0 }

#reference .swagger-ui button { min-height: 1.5rem; color: inherit; font-weight: 400 }
#reference .swagger-ui .btn { min-height: 2.25rem; padding: .25rem .875rem; border: 1px solid var(--edge); border-radius: 6px; font-size: .875rem }
#reference .swagger-ui :is(.execute-wrapper, .btn-group) { display: flex; gap: .75rem; padding: 1rem 0 0 }
#reference .swagger-ui :is(.execute-wrapper, .btn-group) .btn { flex: none; width: auto }
#reference .swagger-ui .execute { border-color: transparent; background: var(--link); color: var(--on-link); font-weight: 600 }
#reference .swagger-ui :is(input, select) { min-height: 2.25rem; margin: 0; padding: .25rem .625rem; border: 1px solid var(--edge); border-radius: 6px; background: var(--raised); font-size: .875rem; font-weight: 400; appearance: auto }
#reference .swagger-ui :is(input, select):disabled { display: none }
#reference .swagger-ui .copy-to-clipboard button { background-color: var(--edge) }
#reference .swagger-ui .opblock-summary .copy-to-clipboard { display: none }

#reference .swagger-ui .opblock-tag { display: grid; grid-template-columns: minmax(0, 1fr) 1.5rem; align-items: start; gap: 0 1rem; margin: 1.5rem 0 .5rem; border: 0; font-size: 1rem }
#reference .swagger-ui .opblock-tag small { grid-column: 1; padding: 0; color: var(--soft); font-weight: 400 }
#reference .swagger-ui .expand-operation { grid-area: 1 / 2; min-width: 1.5rem; padding: 0; border: 0 }
#reference .swagger-ui .opblock { margin: 0; border: 1px solid var(--line); border-radius: 0; background: var(--raised) }
#reference .swagger-ui :is(.operation-tag-content > *, .webhooks > div) + * .opblock { border-top: 0 }
#reference .swagger-ui :is(.operation-tag-content, .webhooks > div) > :first-child .opblock { border-start-start-radius: 10px; border-start-end-radius: 10px }
#reference .swagger-ui :is(.operation-tag-content, .webhooks > div) > :last-child .opblock { border-end-start-radius: 10px; border-end-end-radius: 10px }
#reference .swagger-ui .opblock-summary { padding: 0 1rem 0 0; border: 0 }
#reference .swagger-ui .opblock-summary-control { padding: .5rem 0 .5rem 1rem; border: 0; gap: .75rem }
#reference .swagger-ui .opblock-summary-method { min-width: 3.5rem; padding: 0; color: var(--link); font-size: .8125rem; text-align: left }
#reference .swagger-ui .opblock-summary-path { max-width: none; padding: 0; font-size: .875rem; font-weight: 400 }
#reference .swagger-ui .opblock-summary-description { padding: 0; color: var(--soft); font-size: .875rem }
#reference .swagger-ui .opblock-control-arrow { width: 1.5rem; padding: 0; border: 0 }
#reference .swagger-ui .opblock-body { padding: .75rem 1rem 1rem }
#reference .swagger-ui .opblock-body :is(.opblock-description-wrapper, .opblock-section-header, .responses-inner, .table-container, .responses-wrapper, .parameters-container) { margin: 0; padding: 0 }
#reference .swagger-ui .opblock-section-header { min-height: 0 }
#reference .swagger-ui .tablinks[aria-selected="true"] { font-weight: 600; text-decoration: underline; text-underline-offset: .3em }
#reference .swagger-ui table { margin: 0 }
#reference .swagger-ui :is(th, td) { padding: .5rem 1rem .5rem 0; vertical-align: top }
#reference .swagger-ui tbody td { font-weight: 400 }
#reference .swagger-ui .parameters-col_name { min-width: 13rem }
#reference .swagger-ui .response-col_status { min-width: 5rem }
#reference .swagger-ui .response-col_links { display: none }
#reference .swagger-ui .required span, #reference .swagger-ui .required::after, #reference .swagger-ui .json-schema-2020-12__title::after { color: var(--bad) }
#reference .swagger-ui :is(.parameter__type, .parameter__in, .response-control-media-type, .response-control-examples) { color: var(--soft); font-size: .8125rem }
#reference .swagger-ui .models { border: 1px solid var(--line); border-radius: 10px; background: var(--raised) }
#reference .swagger-ui .json-schema-2020-12 { margin: 0 }
#reference .swagger-ui .models article.json-schema-2020-12 { width: auto; padding: .375rem 1rem; border-radius: 0 }
#reference .swagger-ui .models [data-json-schema-level="0"] + * { border-top: 1px solid var(--line) }
#reference .swagger-ui .json-schema-2020-12-head { padding: 0 }
#reference .swagger-ui .json-schema-2020-12-head :is(button, .json-schema-2020-12__title, .json-schema-2020-12__attribute, .json-schema-2020-12__constraint) { min-height: 1.5rem; margin: 0 .5rem 0 0; padding: 0; border: 0; font-size: .8125rem; line-height: 1.5rem }
#reference .swagger-ui .json-schema-2020-12-accordion__icon { vertical-align: middle }
#reference .swagger-ui :is(.json-schema-2020-12-expand-deep-button, .json-schema-2020-12__attribute, .json-schema-2020-12__constraint) { color: var(--soft) }
#reference .swagger-ui .microlight { max-height: none; margin: 0; padding: .75rem; overflow: visible; border-radius: 6px; background: var(--tint); color: inherit; font-size: .8125rem; white-space: pre-wrap; overflow-wrap: anywhere }
@media (max-width: 40rem) {
  #reference .swagger-ui dl > div { grid-template-columns: 1fr }
  #reference .swagger-ui .parameters thead { display: none }
  #reference .swagger-ui .parameters :is(tr, td) { display: block; width: auto }
  #reference .swagger-ui .parameters .parameters-col_name { padding-bottom: 0 }
}
`.trim();

export const REFERENCE_SHEET_URL = keptForEver("/docs/reference", "css", REFERENCE_SHEET);
