import { useTranslation } from "react-i18next";
import { useGo } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { Page, Panel } from "@/ui/Page";
import { Loaded } from "@/ui/states";
import { type Overview, useOverview, type Window } from "../api";
import { BreakdownPanel } from "../components/BreakdownPanel";
import { FunnelPanel } from "../components/FunnelPanel";
import { Tiles } from "../components/Tiles";
import { TrendChart } from "../components/TrendChart";
import { useWindow } from "../components/useWindow";
import { WindowFilter } from "../components/WindowFilter";

export function OverviewPage() {
  const { t } = useTranslation("insight");
  const { window, today, set } = useWindow();
  const overview = useOverview(window);
  return (
    <Page title={t("overview.title")} sub={t("overview.sub")}>
      <WindowFilter window={window} today={today} onChange={set} />
      <Loaded query={overview} rows={12}>
        {(data) => <Body overview={data} window={window} />}
      </Loaded>
    </Page>
  );
}

function Body({ overview, window }: { overview: Overview; window: Window }) {
  const { t } = useTranslation("insight");
  const go = useGo();
  const paid = overview.tiles.find(({ metric }) => metric.ledger === "paid")?.metric;
  const openPaid = (by: string) => (paid ? paths.metric(paid.id, { ...window, by }) : undefined);
  const openMetric = (metric: string) => go(paths.metric(metric, window));
  const isMoney = ({ metric }: Overview["series"][number]) => metric.unit === "money";
  const trends = [
    { title: t("overview.visits"), series: overview.series.filter((one) => !isMoney(one)) },
    { title: t("overview.money"), series: overview.series.filter(isMoney) },
  ].filter(({ series }) => series.length > 0);
  return (
    <>
      <Tiles tiles={overview.tiles} window={window} />
      <div className="grid-2">
        {trends.map(({ title, series }) => (
          <Panel key={title} title={title}>
            <TrendChart
              label={t("overview.chart_of", { title })}
              series={series}
              window={window}
              onPick={openMetric}
            />
          </Panel>
        ))}
      </div>
      <div className="grid-2">
        <BreakdownPanel
          title={t("overview.by_channel")}
          rows={overview.by_channel}
          href={openPaid("channel")}
        />
        <div className="stack">
          <BreakdownPanel
            title={t("overview.by_clinic")}
            rows={overview.by_clinic}
            href={openPaid("clinic")}
          />
          <FunnelPanel steps={overview.funnel} window={window} />
        </div>
      </div>
    </>
  );
}
