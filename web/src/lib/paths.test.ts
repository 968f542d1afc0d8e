// @vitest-environment node
import { expect, test } from "vitest";
import { files, paths } from "./paths";

test("every address of the product", () => {
  const id = "x 1/2";
  const all = {
    ...Object.fromEntries(
      Object.entries(paths).map(([name, make]) => [
        name,
        (make as (id: string) => string)(takesId(name) ? id : ""),
      ]),
    ),
    "login next": paths.login("/people?q=王"),
    "people filtered": paths.people({ q: "王", clinic_id: "", owner: undefined, sort: "oldest" }),
    "metric window": paths.metric("visit.first_n", { from: "2026-01-01", to: "2026-02-01", by: "month" }),
    "import rejects": files.importRejects(id),
    "import progress": files.importProgress(id),
    "segment export": files.segmentExport("seg_1", "xlsx", ["person_id", "name"]),
  };
  expect(all).toMatchSnapshot();
});

const takesId = (name: string) =>
  /^(metric|person|segment|segmentEdit|touchPlan|touchPlanEdit|tag|import)$/.test(name);
