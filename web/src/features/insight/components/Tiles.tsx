import { useTranslation } from "react-i18next";
import type { Schemas } from "@/lib/api";
import { Link } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { useFormat } from "@/lib/useFormat";
import type { Window } from "../api";
import { dayCount, growth } from "../model";

type TilesProps = { tiles: Schemas["TileView"][]; window: Window };

/** The key figures with their change against the equal stretch before. */
export function Tiles({ tiles, window }: TilesProps) {
  const { t } = useTranslation("insight");
  const { pick, metric: show } = useFormat();
  return (
    <div className="stack tight">
      <ul className="tiles">
        {tiles.map((tile) => {
          const { metric } = tile;
          return (
            <li key={metric.id}>
              <Link className="tile" href={paths.metric(metric.id, window)}>
                <div className="label">{pick(metric.name_zh, metric.name_en)}</div>
                <div className="value">{show(tile.value, metric.unit)}</div>
                <Change value={tile.value} previous={tile.previous} />
              </Link>
            </li>
          );
        })}
      </ul>
      <span className="faint">{t("overview.against", { days: dayCount(window) })}</span>
    </div>
  );
}

function Change({
  value,
  previous,
}: {
  value?: string | null | undefined;
  previous?: string | null | undefined;
}) {
  const { t } = useTranslation("insight");
  const { percent } = useFormat();
  const change = growth(value, previous);
  if (change === undefined) return <div className="change soft">{t("overview.no_previous")}</div>;
  const arrow = change > 0 ? "↑" : change < 0 ? "↓" : "";
  return (
    <div className="change soft">
      {arrow} {percent(Math.abs(change))}
    </div>
  );
}
