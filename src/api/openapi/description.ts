/** What a schema with a name is, and what each of its fields means. */
export interface Description {
  description: string;
  fields?: Record<string, string>;
}
