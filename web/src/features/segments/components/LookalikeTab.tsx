import { Form, Input, InputNumber, Slider } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useGo } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { toProblem } from "@/lib/problem";
import { useRefresh } from "@/lib/queries";
import { useFormat } from "@/lib/useFormat";
import { useReason } from "@/lib/useReason";
import { Chart, type ChartOption } from "@/ui/Chart";
import { FormDialog } from "@/ui/FormDialog";
import { Guarded } from "@/ui/Guarded";
import { PersonTagReason } from "@/ui/PersonTagReason";
import { Empty, Loaded } from "@/ui/states";
import { useSubmit } from "@/ui/useSubmit";
import type { Segment } from "../api";
import { createLookalikeList, type Lookalike, useLookalike } from "../listApi";
import { FeatureBars, useFeatureName } from "./FeatureBars";

/** What tells the members from everybody else, and who else is like them: cut where one likes, and kept as a list. */
export function LookalikeTab({ segment }: { segment: Segment }) {
  const { t } = useTranslation("segments");
  const query = useLookalike(segment.id);
  if (query.error && toProblem(query.error).code === "segments.lookalike_small") {
    return <Empty title={t("lists.alike_small")} hint={t("lists.alike_small_hint")} />;
  }
  return (
    <div style={{ padding: 16 }}>
      <Loaded query={query}>
        {(data) =>
          data.features.length === 0 ? (
            <Empty title={t("lists.alike_nothing")} hint={t("lists.alike_nothing_hint")} />
          ) : (
            <div className="grid-2">
              <section className="stack tight" aria-label={t("lists.alike_profile")}>
                <h2 className="sub-head">{t("lists.alike_profile")}</h2>
                <span className="soft">{t("lists.alike_profile_hint")}</span>
                <FeatureBars features={data.features} />
              </section>
              <Cut segment={segment} found={data} />
            </div>
          )
        }
      </Loaded>
    </div>
  );
}

function Cut({ segment, found }: { segment: Segment; found: Lookalike }) {
  const { t } = useTranslation("segments");
  const { number } = useFormat();
  const reason = useReason();
  const most = found.candidates;
  const [count, setCount] = useState(Math.min(most, Math.max(10, found.members)));
  const [saving, setSaving] = useState(false);
  const option = useMemo<ChartOption>(
    () => ({
      tooltip: { trigger: "axis", valueFormatter: (value: unknown) => number(Number(value), 1) },
      grid: { left: 8, right: 12, top: 12, bottom: 4, containLabel: true },
      xAxis: { type: "value", max: most, splitLine: { show: false } },
      yAxis: { type: "value" },
      series: [
        {
          type: "line",
          name: t("lists.score"),
          showSymbol: false,
          areaStyle: { opacity: 0.12 },
          data: found.curve.map((cut) => [cut.count, cut.bits]),
        },
      ],
    }),
    [found.curve, most, number, t],
  );
  if (most === 0) return <Empty title={t("lists.alike_nobody")} />;
  const least = found.curve.find((cut) => cut.count >= count)?.bits;
  return (
    <section className="stack tight" aria-label={t("lists.alike_cut")}>
      <h2 className="sub-head">{t("lists.alike_cut")}</h2>
      <span className="soft">{t("lists.alike_cut_hint", { formatted: number(most) })}</span>
      <Chart option={option} label={t("lists.alike_chart")} height={180} />
      <div className="row" style={{ flexWrap: "nowrap" }}>
        <Slider
          className="grow"
          min={1}
          max={most}
          value={count}
          ariaLabelForHandle={t("lists.alike_count")}
          onChange={setCount}
        />
        <InputNumber
          min={1}
          max={most}
          precision={0}
          value={count}
          aria-label={t("lists.alike_count")}
          onChange={(value) => setCount(Math.min(most, Math.max(1, value ?? 1)))}
        />
      </div>
      <div className="row between">
        <span className="faint">
          {least !== undefined && t("lists.alike_least", { bits: number(least, 1) })}
        </span>
        <Guarded type="primary" reason={reason("segments.edit")} onClick={() => setSaving(true)}>
          {t("lists.alike_take", { count, formatted: number(count) })}
        </Guarded>
      </div>
      <First found={found} />
      {saving && <SaveDialog segment={segment} count={count} onClose={() => setSaving(false)} />}
    </section>
  );
}

function First({ found }: { found: Lookalike }) {
  const { t } = useTranslation("segments");
  const { number } = useFormat();
  const name = useFeatureName();
  return (
    <>
      <h2 className="sub-head">{t("lists.alike_first")}</h2>
      <ol className="plain-list stack tight">
        {found.first.map(({ person, bits, reasons }) => (
          <li key={person.id}>
            <div className="row between">
              <span>
                <Link className="strong" href={paths.person(person.id)}>
                  {person.name || t("common:unnamed")}
                </Link>{" "}
                <span className="num soft">{person.phone}</span>
              </span>
              <span className="num" title={t("lists.score")}>
                {t("lists.bits", { bits: number(bits, 1) })}
              </span>
            </div>
            <div className="row" style={{ gap: 4 }}>
              {reasons.map((at) => {
                const feature = found.features[at];
                if (!feature) return null;
                return (
                  <PersonTagReason
                    key={at}
                    personId={person.id}
                    tag={feature.tag}
                    value={feature.value}
                    title={name(feature)}
                  >
                    <button
                      type="button"
                      className="chip"
                      aria-label={`${name(feature)}, ${t("common:tag.why_title")}`}
                    >
                      {name(feature)}
                    </button>
                  </PersonTagReason>
                );
              })}
            </div>
          </li>
        ))}
      </ol>
    </>
  );
}

type Named = { name: string };

function SaveDialog({ segment, count, onClose }: { segment: Segment; count: number; onClose: () => void }) {
  const { t } = useTranslation("segments");
  const { pick, number } = useFormat();
  const go = useGo();
  const refresh = useRefresh();
  const { busy, submit } = useSubmit();
  const seed = pick(segment.name, segment.name_en);
  const save = ({ name }: Named) =>
    submit(async () => {
      const made = await createLookalikeList(segment.id, { name: name.trim(), description: "", count });
      await refresh("/api/segments");
      go(paths.segment(made.segment.id, made.action ? { action: made.action.id } : {}));
    });
  return (
    <FormDialog<Named>
      title={t("lists.alike_take", { count, formatted: number(count) })}
      busy={busy}
      initial={{ name: t("lists.alike_name", { name: seed }) }}
      onSave={save}
      onClose={onClose}
    >
      <Form.Item
        name="name"
        label={t("lists.name")}
        rules={[{ required: true, whitespace: true, message: t("required") }]}
      >
        <Input maxLength={80} />
      </Form.Item>
    </FormDialog>
  );
}
