/** Variables a template may name, written `{{name}}`. */
export const VARIABLES = ["name", "salutation", "clinic", "chain"] as const;
export type Variable = (typeof VARIABLES)[number];

/** Fills a template in; a name that is no variable stays as written, so that the mistake is seen. */
export function fill(template: string, values: Record<Variable, string>): string {
  return template.replace(/\{\{\s*(\w+)\s*\}\}/g, (whole, name: string) =>
    (VARIABLES as readonly string[]).includes(name) ? values[name as Variable] : whole,
  );
}
