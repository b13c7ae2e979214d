import type { BrowsedDeliveries } from "../../domain/deliveries/browse-deliveries.ts";
import type { DeliveryQuery } from "../../schemas/delivery.ts";
import type { Health } from "../../domain/subscriptions/attempt-statistics.ts";
import type { SubscriptionRow } from "../../store/subscriptions/subscription-rows.ts";
import { placeUrl } from "../shared/place-url.ts";
import { DeliverySection } from "../deliveries/delivery-section.tsx";
import { Layout } from "../shared/layout.tsx";
import { SUBSCRIPTION_MESSAGES } from "../shared/flash-messages.ts";
import { FlashMessage } from "../shared/flash-message.tsx";
import { UserText } from "../shared/untrusted-text.tsx";
import { plainText } from "../../event-text/invisible-characters.ts";
import { ProjectCrumbs } from "../subscriptions/project-crumbs.tsx";
import { SubscriptionSection } from "../subscriptions/subscription-section.tsx";

interface Project {
  project: string;
  isOwner: boolean;
  subscriptions: SubscriptionRow[];
  health: Map<number, Health>;
  url: URL;
  query: DeliveryQuery;
  page: BrowsedDeliveries;
  now: number;
}

export function ProjectPage({ project, isOwner, subscriptions, health, url, query, page, now }: Project) {
  return (
    <Layout title={plainText(project)} tree="subscriptions">
      <ProjectCrumbs project={project} />
      <h1>
        <span class="aside">Project</span> <UserText text={project} />
      </h1>
      <p class="beside">
        Its events: <a href={placeUrl(["state", project])}>in Projects</a>{" "}
        <a href={placeUrl(["inventory", project])}>in Inventory</a>
      </p>
      <FlashMessage code={url.searchParams.get("notice")} sentences={SUBSCRIPTION_MESSAGES} />
      <SubscriptionSection
        project={project}
        subscriptions={subscriptions}
        health={health}
        isOwner={isOwner}
        now={now}
      />
      <DeliverySection page={page} query={query} subscriptions={subscriptions} url={url} now={now} />
    </Layout>
  );
}
