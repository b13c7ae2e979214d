-- WITHOUT ROWID is written by hand (drizzle-kit cannot say it): these tables are their own index, which saves a
-- written row for each entry.
CREATE TABLE `attempts` (
	`delivery_id` integer NOT NULL,
	`number` integer NOT NULL,
	`started_at` integer NOT NULL,
	`duration_ms` integer,
	`outcome` text NOT NULL,
	`status` integer,
	`reason` text,
	`response` text,
	`next_attempt_at` integer,
	PRIMARY KEY(`delivery_id`, `number`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `deliveries` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`event_id` integer NOT NULL,
	`subscription_id` integer NOT NULL,
	`project` text NOT NULL,
	`state` text NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`schedule_from` integer DEFAULT 0 NOT NULL,
	`next_attempt_at` integer NOT NULL,
	`sweep_at` integer NOT NULL,
	`lease_token` text,
	`lease_until` integer,
	`created_at` integer NOT NULL,
	`settled_at` integer
);
--> statement-breakpoint
CREATE INDEX `deliveries_sweep` ON `deliveries` (`sweep_at`) WHERE state = 'pending';--> statement-breakpoint
CREATE INDEX `deliveries_subscription` ON `deliveries` (`subscription_id`,`state`,`id`);--> statement-breakpoint
CREATE INDEX `deliveries_project` ON `deliveries` (`project`,`state`,`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `deliveries_event` ON `deliveries` (`event_id`,`subscription_id`);--> statement-breakpoint
CREATE TABLE `events` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`type` text NOT NULL,
	`timestamp` text NOT NULL,
	`username` text,
	`inventory_project` text,
	`inventory_application` text,
	`inventory_version` text,
	`state_project` text,
	`state_environment` text,
	`state_deployment` text,
	`allowed_groups` text,
	`data` text
);
--> statement-breakpoint
CREATE TABLE `feed_entries` (
	`feed_id` integer NOT NULL,
	`event_id` integer NOT NULL,
	PRIMARY KEY(`feed_id`, `event_id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `feeds` (
	`id` integer PRIMARY KEY NOT NULL,
	`scope` text NOT NULL,
	`kind` text NOT NULL,
	`name` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `feeds_scope_kind_name` ON `feeds` (`scope`,`kind`,`name`);--> statement-breakpoint
CREATE TABLE `idempotency_keys` (
	`key` text PRIMARY KEY NOT NULL,
	`request_id` text NOT NULL,
	`body_hash` text NOT NULL,
	`first_event_id` integer NOT NULL,
	`expires_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `idempotency_keys_expiry` ON `idempotency_keys` (`expires_at`);--> statement-breakpoint
CREATE TABLE `subscription_sets` (
	`project` text PRIMARY KEY NOT NULL,
	`version` integer NOT NULL,
	`writer` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `subscriptions` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`project` text NOT NULL,
	`type` text NOT NULL,
	`url` text NOT NULL,
	`slack_username` text,
	`slack_icon` text,
	`event_types` text,
	`allowed_groups` text NOT NULL,
	`enabled` integer NOT NULL,
	`disabled_reason` text,
	`disabled_at` integer,
	`failing_since` integer,
	`consecutive_failures` integer DEFAULT 0 NOT NULL,
	`signing_secret` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `subscriptions_project` ON `subscriptions` (`project`,`id`);