import { keptForEver } from "../kept-for-ever.ts";

/**
 * Starts Swagger UI in the reference's page: without its header, servers and dialogs, without links in buttons, in the
 * page's own `main`, dark where the page is. What it asks of the service, only GETs, goes with the page's cookie.
 */
export const SCRIPT = `
"use strict";

const dark = matchMedia("(prefers-color-scheme: dark)");
const followScheme = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
followScheme();
dark.addEventListener("change", followScheme);

function plugin({ React }) {
  const draw = React.createElement;

  function Reference({ getComponent, specSelectors }) {
    const part = (name) => draw(getComponent(name, true));
    if (specSelectors.loadingStatus() === "failed") {
      return draw("p", { role: "alert" }, "The API's description could not be read. Reload the page to try again.");
    }
    if (!specSelectors.specStr()) return draw("p", null, "Reading the API's description …");
    return draw("div", { className: "swagger-ui" },
      part("SvgAssets"),
      part("InfoContainer"),
      draw(Credentials, { schemes: specSelectors.securityDefinitions().toJS(), Markdown: getComponent("Markdown", true) }),
      draw("h2", null, "Operations"),
      part("operations"),
      part("Webhooks"),
      draw("h2", { className: "spoken" }, "Schemas"),
      draw("h3", { className: "spoken" }, "All of them"),
      part("Models"));
  }

  function Credentials({ schemes, Markdown }) {
    const terms = Object.entries(schemes).map(([name, { type, scheme, in: where, name: key, description }]) =>
      draw("div", { key: name },
        draw("dt", null, draw("code", null, type === "http" ? "Authorization: " + scheme : where + " " + key)),
        draw("dd", null, draw(Markdown, { source: description }))));
    return draw("section", { className: "credentials" }, draw("h2", null, "Credentials"), draw("dl", null, terms));
  }

  return {
    components: {
      Reference,
      DeepLink: ({ text }) => draw("span", null, text),
      authorizeOperationBtn: () => null,
    },
  };
}

SwaggerUIBundle({
  dom_id: "#reference",
  url: "/openapi.json",
  layout: "Reference",
  plugins: [plugin],
  deepLinking: true,
  validatorUrl: null,
  supportedSubmitMethods: ["get"],
});
`.trimStart();

export const SCRIPT_URL = keptForEver("/docs/reference", "js", SCRIPT);
