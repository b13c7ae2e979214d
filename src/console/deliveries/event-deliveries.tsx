import type { ProjectDeliveries } from "../../domain/deliveries/browse-event-deliveries.ts";
import { DELIVERY_STATES } from "../../schemas/delivery.ts";
import type { EventWithoutData } from "../../store/events/event-rows.ts";
import { deliveriesUrl, projectUrl } from "../shared/project-url.ts";
import { UserText } from "../shared/untrusted-text.tsx";
import { DeliveryList } from "./delivery-list.tsx";
import { DELIVERY_MESSAGES } from "../shared/flash-messages.ts";
import { FlashMessage } from "../shared/flash-message.tsx";
import { STATE_NAMES } from "./delivery-state.tsx";

interface OfEvent {
  event: EventWithoutData;
  projects: ProjectDeliveries[];
}

/** Who was told of an event, and what came of it. */
export function EventDeliveries({ event, projects }: OfEvent) {
  return (
    <section id="deliveries">
      <h2>Deliveries</h2>
      <FlashMessage sentences={DELIVERY_MESSAGES} />
      {projects.map((ofProject) =>
        ofProject.deliveries.length === 0 ? (
          <p class="tally">
            {ofProject.mayBeForgotten
              ? "None is kept: nobody was to be told, or it was too long ago."
              : "Nobody was to be told."}{" "}
            <a href={projectUrl(ofProject.project)}>
              Subscriptions of <UserText text={ofProject.project} />
            </a>
          </p>
        ) : (
          <>
            <Tally {...ofProject} eventId={event.id} />
            <DeliveryList deliveries={ofProject.deliveries} isOfOneEvent />
          </>
        ),
      )}
    </section>
  );
}

function Tally({ project, counts, deliveries, eventId }: ProjectDeliveries & { eventId: number }) {
  const states = DELIVERY_STATES.filter((state) => counts[state] !== undefined);
  const all = states.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
  return (
    <p class="tally">
      {states.map((state) => `${counts[state]} ${STATE_NAMES[state].toLowerCase()}`).join(", ")}{" "}
      {all > deliveries.length && <a href={deliveriesUrl(project, { event: `${eventId}` })}>All {all} of them</a>}{" "}
      <a href={deliveriesUrl(project)}>
        Deliveries of <UserText text={project} />
      </a>
    </p>
  );
}
