import type { Schemas } from "@/lib/api";
import type { Plan } from "./api";

/** The plan as its form holds it: flat, with both actions' fields, so that switching loses nothing. */
export type Fields = {
  name: string;
  segment_id: string;
  action: "task" | "email";
  task_title: string;
  due_in_hours: number;
  subject: string;
  body: string;
  quiet_from: string;
  quiet_to: string;
  cap_days: number;
};

export function fieldsOf(plan: Plan | undefined, segment: string, defaultTitle: string): Partial<Fields> {
  return {
    name: plan?.name ?? "",
    ...(plan || segment ? { segment_id: plan?.segment_id ?? segment } : {}),
    action: plan?.action === "email" ? "email" : "task",
    task_title: plan?.task?.title ?? defaultTitle,
    due_in_hours: plan?.task?.due_in_hours ?? 48,
    subject: plan?.email?.subject ?? "",
    body: plan?.email?.body ?? "",
    quiet_from: plan?.quiet_hours.from ?? "21:00",
    quiet_to: plan?.quiet_hours.to ?? "09:00",
    cap_days: plan?.cap_days ?? 30,
  };
}

export function bodyOf(fields: Fields): Schemas["TouchPlanBody"] {
  const task =
    fields.action === "task" ? { title: fields.task_title, due_in_hours: fields.due_in_hours } : null;
  const email = fields.action === "email" ? { subject: fields.subject, body: fields.body } : null;
  return {
    name: fields.name.trim(),
    segment_id: fields.segment_id,
    action: fields.action,
    task,
    email,
    quiet_hours: { from: fields.quiet_from, to: fields.quiet_to },
    cap_days: fields.cap_days,
  };
}
