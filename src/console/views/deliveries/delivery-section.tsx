import type { DeliveryPage } from "../../../domain/deliveries/deliveries.ts";
import type { DeliveryQuery } from "../../../schemas/delivery.ts";

interface Deliveries {
  page: DeliveryPage;
  query: DeliveryQuery;
  url: URL;
  isOwner: boolean;
  now: number;
}

export function DeliverySection({ page }: Deliveries) {
  return (
    <section id="deliveries">
      <h2>Deliveries</h2>
      <ul>
        {page.deliveries.map(({ id, state }) => (
          <li>
            {id} {state}
          </li>
        ))}
      </ul>
    </section>
  );
}
