import { keptForEver } from "../kept-for-ever.ts";

/**
 * Starts Swagger UI in the reference's page: without its header, servers and dialogs, without links in buttons, in the
 * page's own `main`, with a name for each field. What it asks of the service, only GETs, goes with the page's cookie.
 */
export const SCRIPT = `
"use strict";

function plugin({ React }) {
  const draw = React.createElement;

  function Reference({ getComponent, specSelectors }) {
    const part = (name) => draw(getComponent(name, true));
    const Markdown = getComponent("Markdown", true);
    if (specSelectors.loadingStatus() === "failed") {
      return draw("p", { role: "alert" }, "The API's description could not be read. Reload the page to try again.");
    }
    if (!specSelectors.specStr()) return draw("p", null, "Reading the API's description …");
    return draw("div", { className: "swagger-ui" },
      part("SvgAssets"),
      draw(Markdown, { source: specSelectors.info().get("description") }),
      draw(Credentials, { schemes: specSelectors.securityDefinitions().toJS(), Markdown }),
      draw("h2", null, "Operations"),
      part("operations"),
      draw("h3", null, "Webhooks"),
      part("Webhooks"),
      draw("h2", null, "Schemas"),
      part("Models"));
  }

  function Credentials({ schemes, Markdown }) {
    const terms = Object.entries(schemes).map(([name, { type, scheme, in: where, name: key, description }]) =>
      draw("div", { key: name },
        draw("dt", null, draw("code", null, type === "http" ? "Authorization: " + scheme : where + " " + key)),
        draw("dd", null, draw(Markdown, { source: description }))));
    return draw("section", null, draw("h2", null, "Credentials"), draw("dl", null, terms));
  }

  const named = (nameOf) => (Field) => (props) =>
    draw("label", null, draw("span", { className: "spoken" }, nameOf(props)), draw(Field, props));

  return {
    components: {
      Reference,
      DeepLink: ({ text }) => draw("span", null, text),
      authorizeOperationBtn: () => null,
    },
    wrapComponents: {
      ExamplesSelect: named(() => "Example"),
      JsonSchemaForm: named(({ description }) => description),
      responses: (Responses) => (props) => draw("div", { ref: makeItATable }, draw(Responses, props)),
      parameterRow: (Row) => (props) => draw(Row, { ...props, param: props.rawParam }),
    },
    statePlugins: {
      spec: {
        wrapSelectors: {
          parameterWithMetaByIdentity: (select) => (state, ...of) => withoutExample(select(state, ...of)),
        },
      },
    },
  };
}

/** The responses' table says that it is a region, nameless and one of many. */
function makeItATable(responses) {
  responses?.querySelector("table[role]")?.removeAttribute("role");
}

/** What may be left out is not filled in: not every parameter goes with every other. Its example is shown beside it. */
function withoutExample(parameter) {
  return parameter?.get("required") ? parameter : parameter?.delete("example");
}

if (typeof SwaggerUIBundle === "undefined") {
  document.getElementById("reference").textContent = "What draws it could not be loaded. Reload the page to try again.";
} else {
  SwaggerUIBundle({
    dom_id: "#reference",
    url: "/openapi.json",
    layout: "Reference",
    plugins: [plugin],
    deepLinking: true,
    validatorUrl: null,
    supportedSubmitMethods: ["get"],
    syntaxHighlight: { activated: false },
  });
}
`.trimStart();

export const SCRIPT_URL = keptForEver("/docs/reference", "js", SCRIPT);
