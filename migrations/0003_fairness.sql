DROP INDEX `deliveries_sweep`;--> statement-breakpoint
CREATE INDEX `deliveries_sweep` ON `deliveries` (`project`,`sweep_at`) WHERE state = 'pending';--> statement-breakpoint
ALTER TABLE `slack_gates` ADD `closed_until` integer DEFAULT 0 NOT NULL;