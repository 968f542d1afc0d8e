/**
 * The map as the screen holds it (one line for each column of the file) and its way to and from the map of the
 * contract (one entry for each Careloop field).
 */
import type { Schemas } from "@/lib/api";

export type MapBody = Schemas["MapBody"];
type Pick = NonNullable<Schemas["PickBody"]>;
type Maybe<T> = T | null | undefined;

export const PEOPLE_FIELDS = [
  "name",
  "phone",
  "gender",
  "birth_date",
  "id_card",
  "email",
  "clinic",
  "created_at",
  "guardian_name",
  "guardian_phone",
  "wecom_external_id",
  "union_id",
  "address",
  "given_name",
  "surname",
  "street",
  "suburb",
  "city",
  "region",
  "postcode",
  "country",
] as const;
/** Fields that may be put together out of several columns. */
const JOINED = new Set<string>(["name", "phone", "email", "address", "street"]);

/** How to read a column; what is empty is left to the server. */
export type Reading = {
  name: string;
  format: string;
  zone: string;
  type: string;
  currency: string;
  values: string;
};
/** `""` leaves the column out; `field:phone`, `prop`, `identifier`, `attribute`, `source_id`, `person`, `at`, `event`, `clinic`. */
export type ColumnUse = Reading & { column: string; target: string };

export type MapForm = {
  kind: "people" | "events";
  encoding: string;
  sheet: string;
  /** Events: the kind of all rows, when no column tells it. */
  event: string;
  eventId: string[];
  personSource: string;
  columns: ColumnUse[];
};

const blank: Reading = { name: "", format: "", zone: "", type: "", currency: "", values: "" };

const LETTERS: Record<string, string> = {
  "%Y": "YYYY",
  "%m": "MM",
  "%d": "DD",
  "%H": "HH",
  "%M": "mm",
  "%S": "ss",
};
/** A date format as a spreadsheet writes it: YYYY-MM-DD tells more than %Y-%m-%d. */
export const patternOf = (format: string) =>
  format.replace(/%[A-Za-z]/g, (letter) => LETTERS[letter] ?? letter);

export function parseValues(text: string): Record<string, string> {
  const pairs = text.split("\n").flatMap((line) => {
    const at = line.indexOf("=");
    const from = line.slice(0, at).trim();
    return at > 0 && from ? [[from, line.slice(at + 1).trim()] as const] : [];
  });
  return Object.fromEntries(pairs);
}

export const renderValues = (values: Record<string, string>) =>
  Object.entries(values)
    .map(([from, to]) => `${from} = ${to}`)
    .join("\n");

function columnsOf(pick: Maybe<Pick>): string[] {
  if (pick === undefined || pick === null) return [];
  if (typeof pick === "string") return [pick];
  if (Array.isArray(pick)) return pick;
  return Array.isArray(pick.column) ? pick.column : [pick.column];
}

function readingOf(pick: Pick, name: string): Reading {
  if (typeof pick === "string" || Array.isArray(pick)) return { ...blank, name };
  return {
    name,
    format: pick.format ?? "",
    zone: pick.time_zone ?? "",
    type: pick.type ?? "",
    currency: pick.currency ?? "",
    values: renderValues((pick.values ?? {}) as Record<string, string>),
  };
}

/** The form of a map, with a line for each column of the file in the file's order. */
export function formOf(map: MapBody, columns: string[]): MapForm {
  const uses = new Map<string, ColumnUse>();
  const use = (target: string, pick: Maybe<Pick>, name = "") => {
    if (pick === undefined || pick === null) return;
    for (const column of columnsOf(pick)) uses.set(column, { column, target, ...readingOf(pick, name) });
  };
  const each = (picks: Record<string, Pick> | undefined, target: (name: string) => string) => {
    for (const [name, pick] of Object.entries(picks ?? {})) use(target(name), pick, name);
  };
  each(map.attributes, () => "attribute");
  each(map.identifiers, () => "identifier");
  each(map.props, () => "prop");
  each(map.fields, (name) => `field:${name}`);
  use("clinic", map.clinic);
  use("at", map.at);
  if (typeof map.event === "object" && map.event !== null) use("event", map.event);
  use("person", map.person?.source_id);
  use("source_id", map.source_id ?? undefined);
  return {
    kind: map.kind === "events" ? "events" : "people",
    encoding: map.encoding ?? "auto",
    sheet: map.sheet ?? "",
    event: typeof map.event === "string" ? map.event : "",
    eventId: map.event_id ?? [],
    personSource: map.person?.source ?? "",
    columns: columns.map((column) => uses.get(column) ?? { column, target: "", ...blank }),
  };
}

function pickOf(uses: ColumnUse[]): Pick {
  const [first] = uses;
  const names = uses.map(({ column }) => column);
  const column = names.length === 1 ? (names[0] ?? "") : names;
  if (!first) return column;
  const values = parseValues(first.values);
  const reading = {
    ...(Object.keys(values).length > 0 && { values }),
    ...(first.format && { format: first.format }),
    ...(first.zone && { time_zone: first.zone }),
    ...(first.type && { type: first.type }),
    ...(first.currency && { currency: first.currency }),
  };
  return Object.keys(reading).length === 0 ? column : { column, ...reading };
}

function named(uses: ColumnUse[], name: (use: ColumnUse) => string): Record<string, Pick> {
  const groups = new Map<string, ColumnUse[]>();
  for (const use of uses) groups.set(name(use), [...(groups.get(name(use)) ?? []), use]);
  return Object.fromEntries([...groups].map(([key, group]) => [key, pickOf(group)]));
}

/** The map to send. */
export function mapOf(form: MapForm): MapBody {
  const to = (target: string) => form.columns.filter((use) => use.target === target);
  const one = (target: string) => to(target)[0]?.column ?? "";
  const shared = { encoding: form.encoding || "auto", ...(form.sheet && { sheet: form.sheet }) };
  const filled = (name: string, picks: Record<string, Pick>) =>
    Object.keys(picks).length > 0 ? { [name]: picks } : {};
  if (form.kind === "people") {
    const fields = form.columns.filter((use) => use.target.startsWith("field:"));
    return {
      kind: "people",
      ...shared,
      source_id: one("source_id"),
      ...filled(
        "fields",
        named(fields, (use) => use.target.slice("field:".length)),
      ),
      ...filled(
        "identifiers",
        named(to("identifier"), (use) => use.name),
      ),
      ...filled(
        "attributes",
        named(to("attribute"), (use) => use.name),
      ),
    };
  }
  const kind = to("event");
  return {
    kind: "events",
    ...shared,
    event: kind.length > 0 ? (tableOf(kind) as Schemas["EventKindBody"]) : form.event,
    ...(form.eventId.length > 0 && { event_id: form.eventId }),
    person: { ...(form.personSource && { source: form.personSource }), source_id: one("person") },
    at: pickOf(to("at")),
    ...(to("clinic").length > 0 && { clinic: pickOf(to("clinic")) }),
    ...filled(
      "props",
      named(to("prop"), (use) => use.name),
    ),
  };
}

/** The kind of an event is told by a table even when a column stands alone, or its name would be taken for a kind. */
function tableOf(uses: ColumnUse[]): Pick {
  const pick = pickOf(uses);
  return typeof pick === "string" || Array.isArray(pick) ? { column: pick } : pick;
}

export type MapFault =
  | { code: "missing_source_id" | "missing_person" | "missing_at" | "missing_event" }
  | { code: "missing_name"; column: string }
  | { code: "double"; target: string };

/** What must be said before the server can be asked. */
export function faultsOf(form: MapForm): MapFault[] {
  const faults: MapFault[] = [];
  const count = (target: string) => form.columns.filter((use) => use.target === target).length;
  if (form.kind === "people") {
    if (count("source_id") === 0) faults.push({ code: "missing_source_id" });
  } else {
    if (count("person") === 0) faults.push({ code: "missing_person" });
    if (count("at") === 0) faults.push({ code: "missing_at" });
    if (count("event") === 0 && !form.event) faults.push({ code: "missing_event" });
  }
  for (const use of form.columns) {
    if (["prop", "identifier", "attribute"].includes(use.target) && !use.name)
      faults.push({ code: "missing_name", column: use.column });
  }
  const single = [...new Set(form.columns.map(({ target }) => target))].filter(
    (target) =>
      target &&
      !["prop", "identifier", "attribute"].includes(target) &&
      !JOINED.has(target.replace("field:", "")),
  );
  for (const target of single) if (count(target) > 1) faults.push({ code: "double", target });
  return faults;
}
