import type { BrowsedDeliveries } from "../../../domain/deliveries/browse-deliveries.ts";
import type { DeliveryQuery } from "../../../schemas/delivery.ts";
import type { SubscriptionRow } from "../../../store/subscriptions/subscriptions.ts";
import { DeliverySection } from "../deliveries/delivery-section.tsx";
import { Layout, type Visitor } from "../layout.tsx";
import { Plain, plainText } from "../plain.tsx";
import { SubscriptionSection } from "./subscription-section.tsx";

interface Project {
  project: string;
  isOwner: boolean;
  subscriptions: SubscriptionRow[];
  url: URL;
  query: DeliveryQuery;
  page: BrowsedDeliveries;
  visitor: Visitor;
  now: number;
}

export function ProjectPage({ project, isOwner, subscriptions, url, query, page, visitor, now }: Project) {
  return (
    <Layout title={plainText(project)} visitor={visitor}>
      <h1>
        <span class="aside">Project</span> <Plain text={project} />
      </h1>
      <SubscriptionSection subscriptions={subscriptions} isOwner={isOwner} />
      <DeliverySection page={page} query={query} subscriptions={subscriptions} url={url} now={now} />
    </Layout>
  );
}
