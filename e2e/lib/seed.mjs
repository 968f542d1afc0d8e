// Fills a server through its API, as the screens do, and gives the ids that the pages need.
import { CLINICS, DOUBTS, events, PEOPLE } from "./data.mjs";
import { LOGIN, PASSWORD } from "./server.mjs";

/** A signed-in client: `call(method, path, body)` gives the answer's JSON. */
export async function signIn(url, password = PASSWORD) {
  const json = { "content-type": "application/json" };
  const session = await fetch(`${url}/api/session`, {
    method: "POST",
    headers: json,
    body: JSON.stringify({ login: LOGIN, password }),
  });
  if (!session.ok) throw new Error(`log-in: ${await session.text()}`);
  const cookie = session.headers.getSetCookie()[0].split(";")[0];
  const { csrf } = await session.json();
  const call = async (method, path, body) => {
    const form = body instanceof FormData;
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { cookie, "x-csrf-token": csrf, ...(body && !form ? json : {}) },
      body: form ? body : body && JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  };
  return { call, cookie };
}

/** Asks until `done` says so. */
export async function until(ask, done) {
  for (;;) {
    const answer = await ask();
    if (done(answer)) return answer;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

export async function importFile(call, { source, name, text, map }) {
  const form = new FormData();
  form.append("file", new File([text], name, { type: "text/csv" }));
  const upload = await call("POST", "/api/uploads", form);
  const run = await call("POST", "/api/imports", {
    upload_id: upload.id,
    source_id: source,
    map: map ?? upload.guess,
  });
  return until(
    () => call("GET", `/api/imports/${run.id}`),
    ({ state }) => !["waiting", "running"].includes(state),
  );
}

const EVENT_MAP = {
  kind: "events",
  event: { column: "类型", values: { 就诊: "visit.closed", 收费: "payment.received" } },
  event_id: ["单号"],
  person: { source_id: "客户编号" },
  at: { column: "时间" },
  clinic: "门店",
  props: { amount: "金额", item: "项目" },
};

/** A small chain with something on every page. */
export async function seed(url) {
  const { call, cookie } = await signIn(url);
  for (const clinic of CLINICS) await call("POST", "/api/clinics", clinic);
  const { source } = await call("POST", "/api/sources", { name: "诊所软件", kind: "file" });
  await call("POST", "/api/sources", { name: "小程序", kind: "http", strict: false });
  const run = await importFile(call, { source: source.id, name: "客户名单.csv", text: PEOPLE });
  await importFile(call, { source: source.id, name: "散客名单.csv", text: DOUBTS });
  await importFile(call, { source: source.id, name: "收费.csv", text: events(new Date()), map: EVENT_MAP });
  const people = await until(
    () => call("GET", "/api/people?q=wxm"),
    ({ items }) => items.length > 0,
  );
  const person = people.items[0].id;
  await call("POST", `/api/people/${person}/notes`, { text: "怕疼，喜欢周末来" });
  const due_at = new Date(Date.now() + 86_400_000).toISOString();
  await call("POST", "/api/tasks", { person_id: person, title: "致电回访", due_at });
  const segment = await call("POST", "/api/segments", {
    name: "女性客户",
    rule: { attr: "gender", is: "female" },
  });
  const { segment: list } = await call("POST", "/api/segments/lists", {
    name: "老客户",
    whom: { people: [person] },
  });
  const now = Date.now();
  const activity = await call("POST", "/api/activities", {
    name: "社区口腔义诊",
    place: "文化广场东门",
    starts_at: new Date(now - 3_600_000).toISOString(),
    ends_at: new Date(now + 6 * 3_600_000).toISOString(),
    tags: [{ tag: "attr.occupation", value: "office" }],
  });
  await call("POST", `/api/activities/${activity.id}/attendees/import`, { text: person });
  const plan = await call("POST", "/api/touch-plans", {
    name: "新客回访",
    segment_id: segment.id,
    action: "task",
    task: { title: "致电新客户", due_in_hours: 48 },
    quiet_hours: { from: "21:00", to: "09:00" },
    cap_days: 30,
  });
  const metrics = await call("GET", "/api/metrics");
  const paid = metrics.items.find(({ ledger }) => ledger === "paid");
  const tags = await call("GET", "/api/tags");
  return {
    cookie,
    person,
    segment: segment.id,
    list: list.id,
    activity,
    plan: plan.id,
    run: run.id,
    metric: paid.id,
    tag: tags.items[0].id,
  };
}
