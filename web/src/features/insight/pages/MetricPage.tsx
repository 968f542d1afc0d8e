import { DownloadOutlined } from "@ant-design/icons";
import { useParams } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useUrlState } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { saveFile } from "@/lib/saveFile";
import { useFormat } from "@/lib/useFormat";
import { Page, Panel } from "@/ui/Page";
import { Empty, Loaded } from "@/ui/states";
import { type Metric, useMetricQuery, useMetrics } from "../api";
import { EventsDrawer } from "../components/EventsDrawer";
import { MetricAbout } from "../components/MetricAbout";
import { MetricChart } from "../components/MetricChart";
import { MetricTable } from "../components/MetricTable";
import { SplitFilter } from "../components/SplitFilter";
import { useWindow } from "../components/useWindow";
import { WindowFilter } from "../components/WindowFilter";
import { csvOf, isTime, ranked } from "../model";

export function MetricPage() {
  const { t } = useTranslation("insight");
  const { id = "" } = useParams({ strict: false });
  const { pick } = useFormat();
  const metrics = useMetrics();
  const metric = metrics.data?.items.find((one) => one.id === id);
  return (
    <Page
      title={metric ? pick(metric.name_zh, metric.name_en) : t("metrics.title")}
      back={<Link href={paths.metrics()}>{t("metrics.title")}</Link>}
    >
      <Loaded query={metrics}>
        {() => (metric ? <Body key={id} metric={metric} /> : <Empty title={t("metrics.none")} />)}
      </Loaded>
    </Page>
  );
}

function Body({ metric }: { metric: Metric }) {
  const { t } = useTranslation("insight");
  const { number } = useFormat();
  const { window, today, set } = useWindow();
  const first = metric.dimensions.find(isTime) ?? "";
  const [{ by }, setBy] = useUrlState({ by: first });
  const split = by === "none" ? [] : by.split(",").filter(Boolean);
  const answer = useMetricQuery(metric.id, window, split);
  const [cell, setCell] = useState<string[]>();
  return (
    <>
      <MetricAbout metric={metric} window={window} />
      <div className="filters">
        <WindowFilter window={window} today={today} onChange={set} />
        <SplitFilter
          dimensions={metric.dimensions}
          by={split}
          onChange={(next) => setBy({ by: next.join(",") || "none" })}
        />
      </div>
      <Loaded query={answer} rows={8}>
        {({ dimensions, took_ms, ...data }) => {
          const rows = ranked(data.rows, dimensions);
          return rows.length === 0 ? (
            <Panel>
              <Empty title={t("metric.empty")} />
            </Panel>
          ) : (
            <>
              {split.length > 0 && (
                <Panel title={t("metric.chart")}>
                  <MetricChart metric={metric} window={window} dimensions={dimensions} rows={rows} />
                </Panel>
              )}
              <Panel
                title={t("metric.table")}
                flush
                extra={
                  <span className="row">
                    <span className="faint">{t("metric.took", { ms: number(took_ms) })}</span>
                    <Button
                      size="small"
                      icon={<DownloadOutlined aria-hidden />}
                      onClick={() =>
                        saveFile(`${metric.id}_${window.from}_${window.to}.csv`, csvOf(dimensions, rows))
                      }
                    >
                      {t("common:action.download_csv")}
                    </Button>
                  </span>
                }
              >
                <MetricTable metric={metric} dimensions={dimensions} rows={rows} onDrill={setCell} />
              </Panel>
              {cell && (
                <EventsDrawer
                  metric={metric}
                  window={window}
                  dimensions={dimensions}
                  keys={cell}
                  onClose={() => setCell(undefined)}
                />
              )}
            </>
          );
        }}
      </Loaded>
    </>
  );
}
