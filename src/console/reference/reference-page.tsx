import { REFERENCE_SCRIPT_URL } from "../assets/reference.ts";
import { SWAGGER_UI } from "./swagger-ui.ts";
import { REFERENCE_SHEET_URL } from "../assets/reference.ts";
import { Layout } from "../shared/layout.tsx";
import { usePage } from "../shared/page-context.tsx";

/** Where the API's description is drawn. The way to it is there at once, and stays where no script comes or runs. */
export function ReferencePage({ nonce }: { nonce: string }) {
  const { visitor } = usePage();
  return (
    <Layout
      title="API reference"
      head={
        <>
          <link rel="stylesheet" href={SWAGGER_UI.sheet.url} />
          <link rel="stylesheet" href={REFERENCE_SHEET_URL} />
          <script src={SWAGGER_UI.script.url} nonce={nonce} defer />
          <script src={REFERENCE_SCRIPT_URL} nonce={nonce} defer />
        </>
      }
    >
      <h1>API reference</h1>
      <p class="aside">
        Drawn from <a href="/openapi.json">openapi.json</a>, which is for programs to read.
        {visitor === undefined || " Operations that only read can be tried out, as you."}
      </p>
      <noscript>
        <p>Drawing it needs JavaScript. Any tool for OpenAPI 3.1 shows the file just as well.</p>
      </noscript>
      <div id="reference" />
    </Layout>
  );
}
