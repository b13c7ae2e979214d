import { REFERENCE_SCRIPT_URL, SWAGGER_UI } from "../assets/browser-scripts.ts";
import { REFERENCE_SHEET_URL } from "../assets/style-sheets.ts";
import { Layout } from "../shared/layout.tsx";
import { usePage } from "../shared/page-context.tsx";

/** Swagger UI renders openapi.json into `#reference`. The link to the file works without scripts. */
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
      <p class="muted">
        Generated from <a href="/openapi.json">openapi.json</a>.
        {visitor === undefined || " You can try out GET operations; they run with your session."}
      </p>
      <noscript>
        <p>This page needs JavaScript. You can open the file in any OpenAPI 3.1 tool instead.</p>
      </noscript>
      <div id="reference" />
    </Layout>
  );
}
