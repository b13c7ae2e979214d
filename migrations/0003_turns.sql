DROP INDEX `subscriptions_releasing`;--> statement-breakpoint
ALTER TABLE `subscriptions` ADD `revived_at` integer;--> statement-breakpoint
ALTER TABLE `subscriptions` ADD `turn_at` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `subscriptions_releasing` ON `subscriptions` (`turn_at`) WHERE releasing IS NOT NULL AND enabled AND probe_id IS NULL;--> statement-breakpoint
ALTER TABLE `recoveries` ADD `turn_at` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `deleted_subscriptions` ADD `turn_at` integer DEFAULT 0 NOT NULL;