import type { ProjectDeliveries } from "../../domain/deliveries/browse-deliveries.ts";
import { DELIVERY_STATES } from "../../schemas/delivery.ts";
import { DELIVERY_MESSAGES, FlashMessage } from "../shared/flash-message.tsx";
import { deliveriesUrl, projectUrl } from "../shared/page-urls.ts";
import { UserText } from "../shared/untrusted-text.tsx";
import { DeliveryList } from "./delivery-list.tsx";
import { DELIVERY_STATE_NAMES } from "./delivery-state.tsx";

interface EventDeliveriesProps {
  eventId: string;
  projects: ProjectDeliveries[];
}

/** An event's deliveries, for each of its projects. */
export function EventDeliveries({ eventId, projects }: EventDeliveriesProps) {
  return (
    <section id="deliveries">
      <h2>Deliveries</h2>
      <FlashMessage messages={DELIVERY_MESSAGES} />
      {projects.map((ofProject) =>
        ofProject.deliveries.length === 0 ? (
          <NoneOfProject {...ofProject} />
        ) : (
          <>
            <StateCounts {...ofProject} eventId={eventId} />
            <DeliveryList deliveries={ofProject.deliveries} isOfOneEvent />
          </>
        ),
      )}
    </section>
  );
}

function NoneOfProject({ project, mayBeForgotten }: ProjectDeliveries) {
  return (
    <p class="counts">
      {mayBeForgotten
        ? "No deliveries: no subscription matched, or they were deleted because of their age."
        : "No deliveries: no subscription matched."}{" "}
      <a href={projectUrl(project)}>
        Subscriptions of <UserText text={project} />
      </a>
    </p>
  );
}

function StateCounts({ project, counts, deliveries, eventId }: ProjectDeliveries & { eventId: string }) {
  const states = DELIVERY_STATES.filter((state) => counts[state] !== undefined);
  const all = states.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
  return (
    <p class="counts">
      {states.map((state) => `${counts[state]} ${DELIVERY_STATE_NAMES[state].toLowerCase()}`).join(", ")}{" "}
      {all > deliveries.length && <a href={deliveriesUrl(project, { event: eventId })}>Show all {all}</a>}{" "}
      <a href={deliveriesUrl(project)}>
        All deliveries of <UserText text={project} />
      </a>
    </p>
  );
}
