import { Layout } from "../shared/layout.tsx";
import { FaultSummary } from "../shared/form-faults.tsx";
import { STREAMS_URL } from "../shared/page-urls.ts";
import { StreamCrumbs } from "./stream-crumbs.tsx";
import { StreamForm, type StreamFormProps } from "./stream-form.tsx";
import { KINDS } from "./stream-labels.ts";

export function NewStreamPage(form: StreamFormProps) {
  const { name, receives } = KINDS[form.draft.kind];
  const title = `Add a stream to ${name}`;
  return (
    <Layout title={form.faults.length === 0 ? title : `Error: ${title}`} section="streams">
      <StreamCrumbs here={title} />
      <h1>{title}</h1>
      <p class="subtitle">The stream will send events to {receives}.</p>
      <FaultSummary faults={form.faults} />
      <StreamForm action={STREAMS_URL} {...form} />
    </Layout>
  );
}
