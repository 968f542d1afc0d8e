import { useTranslation } from "react-i18next";
import { Link } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { useFormat } from "@/lib/useFormat";
import { Facts, Panel } from "@/ui/Page";
import type { Model } from "../api";
import { CalibrationChart } from "./CalibrationChart";
import { CountBars } from "./CountBars";

const DIGITS = 4;

/** One model: what it is made of, on whom, who falls where, and how well it foretells. */
export function ModelPanel({ model }: { model: Model }) {
  const { t } = useTranslation("profiles");
  const { pick, number, percent } = useFormat();
  const name = pick(model.name_zh, model.name_en);
  const why = pick(model.waiting_zh, model.waiting_en);
  const fitted = model.fitted_on
    ? t("models.fitted", { date: model.fitted_on, people: number(model.people ?? 0) })
    : t("models.rule");
  const numbers = model.parameters.map((one) => ({
    label: pick(one.name_zh, one.name_en),
    value: (
      <span className="num" style={{ whiteSpace: "normal" }}>
        {one.values.map((value) => number(value, DIGITS)).join(" · ")}
      </span>
    ),
  }));
  const shares = model.shares.map((one) => ({
    label: pick(one.name_zh, one.name_en),
    value: t("models.share", {
      share: percent(one.share, 1),
      from: percent(one.ideal_from),
      to: percent(one.ideal_to),
    }),
  }));
  return (
    <Panel
      title={name}
      extra={
        <Link href={paths.tag(model.tag)}>
          <code>{model.tag}</code>
        </Link>
      }
    >
      <div className="stack">
        <div className="faint">{why ? t("models.waiting", { why }) : fitted}</div>
        {numbers.length + shares.length > 0 && <Facts items={[...shares, ...numbers]} />}
        {!why && model.groups.length > 0 && <Groups model={model} />}
        {model.calibration && <CalibrationChart calibration={model.calibration} name={name} />}
      </div>
    </Panel>
  );
}

type Group = Model["groups"][number];

/** How many people fall where; each bar leads to them. */
function Groups({ model }: { model: Model }) {
  const { t } = useTranslation("profiles");
  const { pick } = useFormat();
  const held = (one: Group) => one.count ?? 0;
  const bars = model.groups.map((one) => ({
    key: one.value,
    label: pick(one.label_zh, one.label_en) || one.value,
    count: held(one),
    href: paths.tag(model.tag, { value: one.value }),
  }));
  return <CountBars bars={bars} longest={Math.max(...model.groups.map(held))} label={t("models.groups")} />;
}
