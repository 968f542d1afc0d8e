import { Collapse } from "antd";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/lib/useFormat";
import { ScrollRegion } from "@/ui/ScrollRegion";
import { pairCounts, type WeightRow, weightRows } from "../quality";
import type { Quality } from "../reviewApi";
import { classes } from "../textsOfWeights";
import { useShare } from "./useShare";

/** The weights in force, for those who want to know exactly; folded away for the others. */
export function WeightsPanel({ model }: { model: Quality["model"] }) {
  const { t } = useTranslation("people");
  const { date, number } = useFormat();
  const children = model ? (
    <div className="stack tight">
      <p className="soft weights-hint">
        {t("quality.weights_hint", {
          version: model.version,
          learned: date(model.learned_at),
          records: number(model.records),
        })}
      </p>
      <WeightTable parameters={model.parameters} />
    </div>
  ) : (
    <p className="soft weights-hint">{t("quality.weights_none")}</p>
  );
  return (
    <Collapse
      className="weights"
      items={[{ key: "weights", label: <h2>{t("quality.weights")}</h2>, children }]}
    />
  );
}

function WeightTable({ parameters }: { parameters: unknown }) {
  const { t } = useTranslation("people");
  const { number } = useFormat();
  const count = (pairs: number | undefined) => (pairs === undefined ? "—" : number(pairs));
  return (
    <ScrollRegion label={t("quality.weights")}>
      <table className="weight-table">
        <thead>
          <tr>
            <th scope="col" colSpan={2}>
              {t("quality.comparison")}
            </th>
            {classes.map((one) => (
              <th key={one} scope="col" className="num">
                {t(`weights.classes.${one}`)}
              </th>
            ))}
            <th scope="col" className="num">
              {t("quality.weight")}
            </th>
          </tr>
        </thead>
        <tbody>
          <tr className="first">
            <th scope="row" colSpan={2}>
              {t("quality.pairs")}
            </th>
            {pairCounts(parameters).map((pairs, at) => (
              <td key={classes[at]} className="num">
                {count(pairs)}
              </td>
            ))}
            <td />
          </tr>
          {weightRows(parameters).map((row) => (
            <WeightLine key={row.key} row={row} />
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

function WeightLine({ row }: { row: WeightRow }) {
  const { t } = useTranslation("people");
  const share = useShare();
  const { bits } = row;
  const sign = bits === undefined || Math.abs(bits) < 0.05 ? "" : bits > 0 ? "+" : "−";
  return (
    <tr className={row.span > 0 ? "first" : ""}>
      {row.span > 0 && (
        <th scope="rowgroup" rowSpan={row.span}>
          {t(`weights.comparisons.${row.comparison}`)}
        </th>
      )}
      <th scope="row">{t(`weights.levels.${row.comparison}.${row.level}`)}</th>
      {row.shares.map((value, at) => (
        <td key={classes[at]} className="num">
          {value === undefined ? "—" : share(value)}
        </td>
      ))}
      <td className="num strong">{bits === undefined ? "—" : `${sign}${Math.abs(bits).toFixed(1)}`}</td>
    </tr>
  );
}
