import { expectTypeOf, it } from "vitest";
import type * as browseDeliveries from "../../src/domain/deliveries/browse-deliveries.ts";
import type * as listDeliveries from "../../src/domain/deliveries/list-deliveries.ts";
import type * as recoveries from "../../src/domain/deliveries/recoveries.ts";
import type * as testSubscription from "../../src/domain/deliveries/test-subscription.ts";
import type * as oneSubscription from "../../src/domain/subscriptions/one-subscription.ts";
import type * as signingSecret from "../../src/domain/subscriptions/signing-secret.ts";
import type * as subscriptionGroups from "../../src/domain/subscriptions/subscription-groups.ts";
import type * as subscriptionHealth from "../../src/domain/subscriptions/subscription-health.ts";
import type * as subscriptionSet from "../../src/domain/subscriptions/subscription-set.ts";
import type * as subscriptionView from "../../src/domain/subscriptions/subscription-view.ts";
import type { Subscription } from "../../src/schemas/subscription.ts";
import type { SubscriptionRow } from "../../src/store/subscriptions/subscription-rows.ts";

// tsc checks that no value that the verbs return to the API and the console contains a signing secret, at any depth.

type SecretField = "signing_secret" | "previous_secrets" | "signingSecrets";

/** True if a value of the type has a field with a secret, down to as many levels as `Depth` has items. */
type HoldsSecret<T, Depth extends unknown[] = [1, 2, 3, 4, 5, 6]> = Depth extends [unknown, ...infer Deeper]
  ? T extends Map<unknown, infer Value>
    ? HoldsSecret<Value, Deeper>
    : T extends readonly (infer Item)[]
      ? HoldsSecret<Item, Deeper>
      : T extends object
        ? SecretField & keyof T extends never
          ? { [Key in keyof T]-?: HoldsSecret<T[Key], Deeper> }[keyof T]
          : true
        : false
  : false;

/** The names of a module's functions that return a secret in a field. */
type Leaks<Module> = {
  [Name in keyof Module]: Module[Name] extends (...args: never[]) => infer Result
    ? true extends HoldsSecret<Awaited<Result>>
      ? Name
      : never
    : never;
}[keyof Module];

declare const row: SubscriptionRow;

it("no verb returns a row with a secret", () => {
  expectTypeOf<Leaks<typeof oneSubscription>>().toBeNever();
  expectTypeOf<Leaks<typeof signingSecret>>().toBeNever();
  expectTypeOf<Leaks<typeof subscriptionGroups>>().toBeNever();
  expectTypeOf<Leaks<typeof subscriptionHealth>>().toBeNever();
  expectTypeOf<Leaks<typeof subscriptionSet>>().toBeNever();
  expectTypeOf<Leaks<typeof subscriptionView>>().toBeNever();
  expectTypeOf<Leaks<typeof browseDeliveries>>().toBeNever();
  expectTypeOf<Leaks<typeof listDeliveries>>().toBeNever();
  expectTypeOf<Leaks<typeof recoveries>>().toBeNever();
  expectTypeOf<Leaks<typeof testSubscription>>().toBeNever();
});

it("a planted leak is found, at any depth", () => {
  expectTypeOf<Leaks<{ get(): Promise<SubscriptionRow> }>>().toEqualTypeOf<"get">();
  expectTypeOf<Leaks<{ list(): Promise<{ rows: SubscriptionRow[] }> }>>().toEqualTypeOf<"list">();
  expectTypeOf<Leaks<{ byId(): Map<string, SubscriptionRow> | undefined }>>().toEqualTypeOf<"byId">();
  expectTypeOf<Leaks<{ spread(): Subscription & SubscriptionRow }>>().toEqualTypeOf<"spread">();
  // @ts-expect-error: the function returns a row
  expectTypeOf<Leaks<{ get(): Promise<SubscriptionRow> }>>().toBeNever();
});

it("a component or a response takes no row for a served subscription", () => {
  // @ts-expect-error: a row is not the served shape
  void (row satisfies subscriptionView.SubscriptionView);
  // @ts-expect-error: a row is not the served shape
  void (row satisfies Subscription);
  // @ts-expect-error: rows are not the served shape
  void ([row] satisfies subscriptionSet.ListedSubscriptions["subscriptions"]);
});
