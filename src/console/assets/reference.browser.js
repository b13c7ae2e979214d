// Starts Swagger UI in the page's `main`. Its header, server list, dialogs and links inside buttons are left out, and each
// field has a label. "Try it out" is limited to GET and sends the page's cookie.

/**
 * The parts of Swagger UI's plugin API that are used here.
 * @typedef {Record<string, unknown>} Props
 * @typedef {(props: Props) => unknown} Component
 * @typedef {(what: unknown, props: Props | null, ...children: unknown[]) => unknown} Draw
 * @typedef {{ type: string, scheme: string, in: string, name: string, description: string }} Scheme
 * @typedef {{ get: (name: string) => unknown, delete: (name: string) => Parameter }} Parameter
 * @typedef {(...path: unknown[]) => Parameter | undefined} SelectParameter
 * @typedef {object} Parts
 * @property {(name: string, isConnected?: boolean) => Component} getComponent
 * @property {{
 *   loadingStatus: () => string,
 *   specStr: () => string,
 *   info: () => { get: (name: string) => unknown },
 *   securityDefinitions: () => { toJS: () => Record<string, Scheme> },
 * }} specSelectors
 */

/** @param {{ React: { createElement: Draw } }} system */
function plugin({ React }) {
  const draw = React.createElement;

  /** @param {Parts} parts */
  function Reference({ getComponent, specSelectors }) {
    /** @param {string} name */
    const part = (name) => draw(getComponent(name, true), null);
    const Markdown = getComponent("Markdown", true);
    if (specSelectors.loadingStatus() === "failed") {
      return draw("p", { role: "alert" }, "openapi.json could not be loaded. Reload the page to try again.");
    }
    if (!specSelectors.specStr()) return draw("p", null, "Loading openapi.json …");
    return draw(
      "div",
      { className: "swagger-ui" },
      part("SvgAssets"),
      draw(Markdown, { source: specSelectors.info().get("description") }),
      draw(Credentials, { schemes: specSelectors.securityDefinitions().toJS(), Markdown }),
      draw("h2", null, "Operations"),
      part("operations"),
      draw("h3", null, "Webhooks"),
      part("Webhooks"),
      draw("h2", null, "Schemas"),
      part("Models"),
    );
  }

  /** @param {{ schemes: Record<string, Scheme>, Markdown: Component }} props */
  function Credentials({ schemes, Markdown }) {
    const terms = Object.entries(schemes).map(([name, { type, scheme, in: where, name: key, description }]) =>
      draw(
        "div",
        { key: name },
        draw("dt", null, draw("code", null, type === "http" ? `Authorization: ${scheme}` : `${where} ${key}`)),
        draw("dd", null, draw(Markdown, { source: description })),
      ),
    );
    return draw("section", null, draw("h2", null, "Credentials"), draw("dl", null, terms));
  }

  /** @param {(props: Props) => unknown} toLabel */
  function withLabel(toLabel) {
    /** @param {Component} Field */
    return (Field) => /** @param {Props} props */ (props) =>
      draw("label", null, draw("span", { className: "visually-hidden" }, toLabel(props)), draw(Field, props));
  }

  return {
    components: {
      Reference,
      /** @param {Props} props */
      DeepLink: ({ text }) => draw("span", null, text),
      authorizeOperationBtn: () => null,
    },
    wrapComponents: {
      ExamplesSelect: withLabel(() => "Example"),
      JsonSchemaForm: withLabel(({ description }) => description),
      /** @param {Component} Responses */
      responses: (Responses) => /** @param {Props} props */ (props) =>
        draw("div", { ref: removeRegionRole }, draw(Responses, props)),
      /** @param {Component} Row */
      parameterRow: (Row) => /** @param {Props} props */ (props) => draw(Row, { ...props, param: props.rawParam }),
    },
    statePlugins: {
      spec: {
        wrapSelectors: {
          /** @param {SelectParameter} select @returns {SelectParameter} */
          parameterWithMetaByIdentity:
            (select) =>
            (...path) =>
              withoutOptionalExample(select(...path)),
        },
      },
    },
  };
}

/**
 * Swagger UI gives this table the role "region", but no name, which a region needs. The table needs no role.
 * @param {Element | null} responses
 */
function removeRegionRole(responses) {
  responses?.querySelector("table[role]")?.removeAttribute("role");
}

/**
 * Optional parameters are not filled in with their examples, because some exclude each other. The examples stay visible.
 * @param {Parameter | undefined} parameter
 */
function withoutOptionalExample(parameter) {
  return parameter?.get("required") ? parameter : parameter?.delete("example");
}

const { SwaggerUIBundle: start } = /** @type {{ SwaggerUIBundle?: (options: object) => void }} */ (globalThis);
const place = document.getElementById("reference");
if (start !== undefined) {
  start({
    dom_id: "#reference",
    url: "/openapi.json",
    layout: "Reference",
    plugins: [plugin],
    deepLinking: true,
    validatorUrl: null,
    supportedSubmitMethods: ["get"],
    syntaxHighlight: { activated: false },
  });
} else if (place !== null) {
  place.textContent = "Swagger UI could not be loaded. Reload the page to try again.";
}
