import { SCRIPT_URL } from "../reference/script.ts";
import { SWAGGER_UI } from "../reference/swagger-ui.ts";
import { REFERENCE_SHEET_URL } from "../style/reference.ts";
import { Layout, type Visitor } from "./layout.tsx";

/** Where the API's description is drawn. What is there until then stays there where a script does not come or run. */
export function ReferencePage({ visitor }: { visitor: Visitor | undefined }) {
  return (
    <Layout
      title="API reference"
      visitor={visitor}
      head={
        <>
          <link rel="stylesheet" href={SWAGGER_UI.sheet.url} />
          <link rel="stylesheet" href={REFERENCE_SHEET_URL} />
          <script src={SWAGGER_UI.script.url} defer />
          <script src={SCRIPT_URL} defer />
        </>
      }
    >
      <div id="reference">
        <h1>API reference</h1>
        <p>
          It is drawn from <a href="/openapi.json">the API's description</a> (OpenAPI 3.1), which can be read by itself
          and by other tools.
        </p>
        <noscript>
          <p>Drawing it needs JavaScript.</p>
        </noscript>
      </div>
    </Layout>
  );
}
