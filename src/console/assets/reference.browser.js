// Starts Swagger UI in the reference's page: without its header, servers and dialogs, without links in buttons, in the
// page's own `main`, with a name for each field. What it asks of the service, only GETs, goes with the page's cookie.

/**
 * What Swagger UI hands to its plugins, as far as it is used here.
 * @typedef {Record<string, unknown>} Props
 * @typedef {(props: Props) => unknown} Component
 * @typedef {(what: unknown, props: Props | null, ...children: unknown[]) => unknown} Draw
 * @typedef {{ type: string, scheme: string, in: string, name: string, description: string }} Scheme
 * @typedef {{ get: (name: string) => unknown, delete: (name: string) => Parameter }} Parameter
 * @typedef {(...of: unknown[]) => Parameter | undefined} SelectParameter
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
      return draw("p", { role: "alert" }, "The API's description could not be read. Reload the page to try again.");
    }
    if (!specSelectors.specStr()) return draw("p", null, "Reading the API's description …");
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

  /** @param {(props: Props) => unknown} nameOf */
  function named(nameOf) {
    /** @param {Component} Field */
    return (Field) => /** @param {Props} props */ (props) =>
      draw("label", null, draw("span", { className: "spoken" }, nameOf(props)), draw(Field, props));
  }

  return {
    components: {
      Reference,
      /** @param {Props} props */
      DeepLink: ({ text }) => draw("span", null, text),
      authorizeOperationBtn: () => null,
    },
    wrapComponents: {
      ExamplesSelect: named(() => "Example"),
      JsonSchemaForm: named(({ description }) => description),
      /** @param {Component} Responses */
      responses: (Responses) => /** @param {Props} props */ (props) =>
        draw("div", { ref: makeItATable }, draw(Responses, props)),
      /** @param {Component} Row */
      parameterRow: (Row) => /** @param {Props} props */ (props) => draw(Row, { ...props, param: props.rawParam }),
    },
    statePlugins: {
      spec: {
        wrapSelectors: {
          /** @param {SelectParameter} select @returns {SelectParameter} */
          parameterWithMetaByIdentity:
            (select) =>
            (...of) =>
              withoutExample(select(...of)),
        },
      },
    },
  };
}

/**
 * The responses' table says that it is a region, nameless and one of many.
 * @param {Element | null} responses
 */
function makeItATable(responses) {
  responses?.querySelector("table[role]")?.removeAttribute("role");
}

/**
 * What may be left out is not filled in: not every parameter goes with every other. Its example is shown beside it.
 * @param {Parameter | undefined} parameter
 */
function withoutExample(parameter) {
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
  place.textContent = "What draws it could not be loaded. Reload the page to try again.";
}
