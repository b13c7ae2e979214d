ALTER TABLE `subscriptions` ADD `group_keys` text DEFAULT '{}' NOT NULL;--> statement-breakpoint
UPDATE `subscriptions` SET `group_keys` = (SELECT json_group_object(value, 1) FROM json_each(allowed_groups));
