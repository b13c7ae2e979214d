-- Nothing here rewrites a table: new tables, columns with constant defaults (SQLite keeps those in the schema), and
-- partial indexes, each built in one read of its table. WITHOUT ROWID is written by hand, as in 0000.
CREATE TABLE `recoveries` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`project` text NOT NULL,
	`subscription_id` integer NOT NULL,
	`which` text NOT NULL,
	`from_event_id` integer NOT NULL,
	`to_event_id` integer NOT NULL,
	`cursor` integer NOT NULL,
	`recovered` integer DEFAULT 0 NOT NULL,
	`created_at` integer NOT NULL,
	`finished_at` integer
);
--> statement-breakpoint
CREATE INDEX `recoveries_running` ON `recoveries` (`subscription_id`) WHERE finished_at IS NULL;--> statement-breakpoint
CREATE TABLE `deleted_subscriptions` (
	`id` integer PRIMARY KEY NOT NULL
);
--> statement-breakpoint
CREATE TABLE `slack_gates` (
	`url` text PRIMARY KEY NOT NULL,
	`next_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `subscription_hours` (
	`hour` integer NOT NULL,
	`subscription_id` integer NOT NULL,
	`delivered` integer NOT NULL,
	`retried` integer NOT NULL,
	`failed` integer NOT NULL,
	`ms_20` integer NOT NULL,
	`ms_50` integer NOT NULL,
	`ms_100` integer NOT NULL,
	`ms_200` integer NOT NULL,
	`ms_500` integer NOT NULL,
	`ms_1000` integer NOT NULL,
	`ms_2000` integer NOT NULL,
	`ms_5000` integer NOT NULL,
	`ms_10000` integer NOT NULL,
	`ms_more` integer NOT NULL,
	PRIMARY KEY(`hour`, `subscription_id`)
) WITHOUT ROWID;
--> statement-breakpoint
ALTER TABLE `subscriptions` ADD `probe_id` integer;--> statement-breakpoint
ALTER TABLE `subscriptions` ADD `failed_probes` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `subscriptions` ADD `releasing` text;--> statement-breakpoint
ALTER TABLE `subscriptions` ADD `retired_secrets` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
CREATE INDEX `subscriptions_releasing` ON `subscriptions` (`id`) WHERE releasing IS NOT NULL;--> statement-breakpoint
CREATE INDEX `deliveries_held` ON `deliveries` (`subscription_id`,`next_attempt_at`) WHERE state = 'held';--> statement-breakpoint
CREATE INDEX `deliveries_settled` ON `deliveries` (`settled_at`) WHERE settled_at IS NOT NULL;