import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";

// node scripts/resolve-ocsf.ts FOLDER COMMIT: prints the definition of the class "Entity Management" that the tests of the
// OCSF format use. FOLDER holds https://github.com/ocsf/ocsf-schema as of COMMIT, the tag of a version. Attributes are
// inherited, and have their types from the dictionary. Texts that explain something are left out.

const EVENT_CLASS = "entity_management";
/** The objects that the format uses. Their other objects are only named. */
const OBJECTS = ["managed_entity", "metadata", "product", "actor", "user"];

interface Definition {
  name: string;
  caption: string;
  uid?: number;
  category?: string;
  extends?: string;
  attributes: Record<string, Attribute>;
  constraints?: Record<string, string[]>;
}

interface Attribute {
  type?: string;
  is_array?: boolean;
  requirement?: string;
  sibling?: string;
  enum?: Record<string, { caption: string }>;
  "@deprecated"?: { since: string };
}

const { positionals } = parseArgs({ allowPositionals: true });
const [folder, commit] = positionals;
if (folder === undefined || commit === undefined) throw new Error("usage: node scripts/resolve-ocsf.ts FOLDER COMMIT");

const { version } = await readJson<{ version: string }>("version.json");
const categories = await readJson<{ attributes: Record<string, { uid: number; caption: string }> }>("categories.json");
const dictionary = await readJson<{
  attributes: Record<string, Attribute>;
  types: { attributes: Record<string, { type?: string; regex?: string; max_len?: number; range?: number[] }> };
}>("dictionary.json");
const definitions = await readDefinitions();

const eventClass = resolve(EVENT_CLASS);
const category = categories.attributes[eventClass.category ?? ""];
if (category === undefined) throw new Error("the class has no category");
const objects = Object.fromEntries(OBJECTS.map((name) => [name, toShape(resolve(name))]));
const types = Object.entries(dictionary.types.attributes).map(
  ([name, { type, regex, max_len, range }]) => [name, { type, regex, max_len, range }] as const,
);
const resolved = {
  source: "https://github.com/ocsf/ocsf-schema",
  version,
  commit,
  category,
  class: { uid: category.uid * 1000 + (eventClass.uid ?? 0), caption: eventClass.caption, ...toShape(eventClass) },
  objects,
  types: Object.fromEntries(types),
};
console.log(JSON.stringify(resolved, (key, value: unknown) => (key === "description" ? undefined : value), 2));

async function readJson<Content>(file: string): Promise<Content> {
  return JSON.parse(await readFile(path.join(folder ?? "", file), "utf8")) as Content; // the published form
}

/** All classes and objects by name. */
async function readDefinitions(): Promise<Map<string, Definition>> {
  const files = await Promise.all(["events", "objects"].map((room) => jsonFiles(room)));
  const read = await Promise.all(files.flat().map((file) => readJson<Definition>(file)));
  return new Map(read.map((definition) => [definition.name, definition]));
}

async function jsonFiles(room: string): Promise<string[]> {
  const names = await readdir(path.join(folder ?? "", room), { recursive: true });
  return names.filter((name) => name.endsWith(".json")).map((name) => path.join(room, name));
}

/** A definition with what it inherits. Attributes of profiles (`$include`) are left out: an event has them only if it names the profile. */
function resolve(name: string): Definition {
  const own = definitions.get(name);
  if (own === undefined) throw new Error(`there is no definition of ${name}`);
  const parent = own.extends === undefined || own.extends === "object" ? undefined : resolve(own.extends);
  const attributes: Record<string, Attribute> = { ...parent?.attributes };
  for (const [key, attribute] of Object.entries(own.attributes)) {
    if (key === "$include") continue;
    attributes[key] = merge(attributes[key] ?? dictionary.attributes[key] ?? {}, attribute);
  }
  return { ...parent, ...own, attributes };
}

function merge(inherited: Attribute, own: Attribute): Attribute {
  const values = { ...inherited.enum, ...own.enum };
  return { ...inherited, ...own, ...(Object.keys(values).length > 0 && { enum: values }) };
}

function toShape({ attributes, constraints }: Definition) {
  const shapes = Object.entries(attributes).map(([name, attribute]) => [name, toAttribute(attribute)] as const);
  return { attributes: Object.fromEntries(shapes), constraints };
}

function toAttribute({ type, is_array, requirement, sibling, enum: values, "@deprecated": deprecated }: Attribute) {
  const captions = values && Object.fromEntries(Object.entries(values).map(([id, { caption }]) => [id, caption]));
  return { type, is_array, requirement, sibling, enum: captions, deprecated_since: deprecated?.since };
}
