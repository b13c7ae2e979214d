import definition from "./ocsf-entity-management.json" with { type: "json" };

interface Attribute {
  type: string;
  is_array?: boolean;
  requirement?: string;
  sibling?: string;
  enum?: Record<string, string>;
  deprecated_since?: string;
}

interface Shape {
  attributes: Record<string, Attribute>;
  constraints?: { at_least_one?: string[] };
}

interface DataType {
  type?: string;
  regex?: string;
  max_len?: number;
}

/** The published definition, as `scripts/resolve-ocsf.ts` prints it. */
const { class: eventClass, category, version } = definition;
const objects: Record<string, Shape> = definition.objects;
const types: Record<string, DataType> = definition.types;

export const OCSF = { version, eventClass, category };

/** What is wrong with an event, by the definition of its class. Each fault begins with the path of an attribute. */
export function ocsfFaults(event: Record<string, unknown>): string[] {
  const { class_uid, category_uid, type_uid, ...rest } = event;
  const uids = [
    class_uid === eventClass.uid ? [] : ["class_uid: is not that of the class"],
    category_uid === category.uid ? [] : ["category_uid: is not that of the category"],
    type_uid === eventClass.uid * 100 + Number(event["activity_id"])
      ? []
      : ["type_uid: is not calculated as it should be"],
    event["class_name"] === eventClass.caption ? [] : ["class_name: is not that of the class"],
    event["category_name"] === category.caption ? [] : ["category_name: is not that of the category"],
  ];
  const { class_uid: _c, category_uid: _g, type_uid: _t, ...attributes } = eventClass.attributes;
  return [...uids.flat(), ...shapeFaults(rest, { attributes }, [])];
}

function shapeFaults(value: Record<string, unknown>, { attributes, constraints }: Shape, path: string[]): string[] {
  const missing = Object.entries(attributes).flatMap(([name, { requirement }]) =>
    requirement === "required" && value[name] === undefined ? [fault([...path, name], "is required")] : [],
  );
  const oneOf = constraints?.at_least_one;
  const none = oneOf !== undefined && !oneOf.some((name) => value[name] !== undefined);
  const own = Object.entries(value).flatMap(([name, child]) => {
    const attribute = attributes[name];
    if (attribute === undefined) return [fault([...path, name], "is not an attribute")];
    return [...attributeFaults(child, attribute, [...path, name]), ...siblingFaults(value, name, attribute, path)];
  });
  return [...missing, ...(none ? [fault(path, `needs one of ${oneOf.join(", ")}`)] : []), ...own];
}

function attributeFaults(value: unknown, attribute: Attribute, path: string[]): string[] {
  const { type, is_array = false, enum: values, deprecated_since } = attribute;
  if (deprecated_since !== undefined) return [fault(path, `is deprecated since ${deprecated_since}`)];
  if (is_array)
    return Array.isArray(value)
      ? value.flatMap((item) => attributeFaults(item, { type }, path))
      : [fault(path, "is no array")];
  if (values !== undefined && values[String(value)] === undefined) return [fault(path, "is not one of the values")];
  if (type in types) return typeFaults(value, type, path);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [fault(path, "is no object")];
  if (type === "object") return [];
  const shape = objects[type];
  return shape === undefined
    ? [fault(path, `is a ${type}, which the definition does not hold`)]
    : shapeFaults({ ...value }, shape, path);
}

/** "The value is normalized to the caption of the ID", unless the ID is 99, "Other". */
function siblingFaults(
  value: Record<string, unknown>,
  name: string,
  { sibling, enum: values }: Attribute,
  path: string[],
): string[] {
  const text = sibling && value[sibling];
  const id = String(value[name]);
  if (text === undefined || id === "99" || values?.[id] === text) return [];
  return [fault([...path, sibling ?? ""], `is not the caption of ${name} ${id}`)];
}

function typeFaults(value: unknown, name: string, path: string[]): string[] {
  const { type = name, regex, max_len } = types[name] ?? {};
  if (type === "string_t" && typeof value !== "string") return [fault(path, "is no text")];
  if ((type === "integer_t" || type === "long_t") && !Number.isSafeInteger(value))
    return [fault(path, "is no integer")];
  if (type === "boolean_t" && typeof value !== "boolean") return [fault(path, "is no boolean")];
  if (regex !== undefined && !new RegExp(regex).test(String(value))) return [fault(path, `is no ${name}`)];
  return max_len !== undefined && String(value).length > max_len ? [fault(path, "is too long")] : [];
}

function fault(path: string[], message: string): string {
  return `${path.join(".")}: ${message}`;
}
