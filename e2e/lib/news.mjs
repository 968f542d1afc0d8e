// What happens in the demo chain on the day the pictures are taken: some customers complain, a touch plan sees to them,
// and somebody looks at full numbers. Done through the API, as the screens do it; a second time it changes nothing.
import { importFile, until } from "./seed.mjs";

const PLAN = "不满意客户：当天回电";
const SEGMENT = "不满意客户";
const SOURCE = "his";
const MANY = 9;
const REASONS = ["等候时间太长", "术后疼痛没人跟进", "收费解释不清", "临时改约"];
const HOUR_MS = 3_600_000;

const MAP = {
  kind: "events",
  event: { column: "类型", values: { 投诉: "complaint.opened" } },
  event_id: ["投诉号"],
  person: { source_id: "患者编号" },
  at: { column: "时间" },
  props: { complaint_id: "投诉号", reason: "原因" },
};

async function planFor(call, name) {
  const present = (await call("GET", "/api/touch-plans")).items.find((plan) => plan.name === PLAN);
  if (present) return present;
  const segment = (await call("GET", "/api/segments")).items.find((one) => one.name === name);
  return call("POST", "/api/touch-plans", {
    name: PLAN,
    segment_id: segment.id,
    action: "task",
    task: { title: "致电客户：听完不满，约定解决时间", due_in_hours: 8 },
    quiet_hours: { from: "21:00", to: "09:00" },
    cap_days: 7,
  });
}

function complaints(people) {
  const lines = people.map(({ records }, at) => {
    const { source_key } = records.find(({ source_name }) => source_name === SOURCE);
    const when = new Date(Date.now() - (at + 1) * HOUR_MS).toISOString();
    return `TS${String(at + 1).padStart(4, "0")},${source_key},投诉,${when},${REASONS[at % REASONS.length]}`;
  });
  return ["投诉号,患者编号,类型,时间,原因", ...lines].join("\n");
}

/** Of some people who are known to the clinic software, the first complain. Gives the plan. */
export async function bringNews(call, people) {
  const plan = await planFor(call, SEGMENT);
  const known = people.filter(({ records }) => records.some((one) => one.source_name === SOURCE));
  const source = (await call("GET", "/api/sources")).items.find(({ name }) => name === SOURCE);
  const text = complaints(known.slice(0, MANY));
  await importFile(call, { source: source.id, name: "今日投诉.csv", text, map: MAP });
  await until(
    () => call("GET", `/api/touch-plans/${plan.id}`),
    ({ counts }) => counts.sent > 0 && counts.waiting === 0,
  );
  for (const { id } of known.slice(0, 2)) {
    await call("POST", `/api/people/${id}/reveal`, { fields: ["phone"], reason: "电话回访投诉" });
  }
  return plan;
}
