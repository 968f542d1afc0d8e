import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { pagesOf } from "@/lib/list";
import { Link } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { useFormat } from "@/lib/useFormat";
import { Chart, type ChartOption } from "@/ui/Chart";
import { Chip } from "@/ui/Chip";
import { type Column, DataTable } from "@/ui/DataTable";
import { type Change, useChanges } from "../api";
import { useTrend } from "../listApi";

/** Who entered and left, and how many on each day. */
export function ChangesTab({ id }: { id: string }) {
  const { t } = useTranslation("segments");
  const { date, dateTime } = useFormat();
  const list = pagesOf(useChanges(id));
  const trend = useTrend(id).data?.items;
  const days = useMemo(() => trend ?? [], [trend]);
  const option = useMemo<ChartOption>(
    () => ({
      tooltip: { trigger: "axis" },
      legend: { top: 0, left: 0 },
      grid: { left: 8, right: 12, top: 34, bottom: 4, containLabel: true },
      xAxis: { type: "category", data: days.map(({ day }) => date(day)) },
      yAxis: [
        { type: "value", minInterval: 1 },
        { type: "value", minInterval: 1, scale: true, splitLine: { show: false } },
      ],
      series: [
        {
          type: "bar",
          name: t("entered"),
          stack: "one",
          barMaxWidth: 28,
          data: days.map(({ entered }) => entered),
        },
        {
          type: "bar",
          name: t("exited"),
          stack: "one",
          barMaxWidth: 28,
          data: days.map(({ exited }) => -exited),
        },
        {
          type: "line",
          name: t("lists.members_by_day"),
          yAxisIndex: 1,
          showSymbol: false,
          data: days.map(({ count }) => count),
        },
      ],
    }),
    [days, t, date],
  );
  const person = (row: Change) =>
    row.person && <Link href={paths.person(row.person.id)}>{row.person.name || t("common:unnamed")}</Link>;
  const change = (row: Change) => (
    <Chip tone={row.change === "entered" ? "good" : "plain"}>
      {t(row.change === "entered" ? "entered" : "exited")}
    </Chip>
  );
  const columns: Column<Change>[] = [
    { key: "at", title: t("at"), render: (_, row) => <span className="num">{dateTime(row.at)}</span> },
    { key: "change", title: t("change"), render: (_, row) => change(row) },
    { key: "person", title: t("person"), render: (_, row) => person(row) },
  ];
  return (
    <>
      {days.length > 1 && (
        <div style={{ padding: 16 }}>
          <Chart option={option} label={t("trend_chart")} height={200} />
        </div>
      )}
      <DataTable
        list={list}
        columns={columns}
        rowKey={(row) => String(row.id)}
        label={t("changes")}
        empty={{ title: t("no_changes") }}
        card={(row) => (
          <div className="row between">
            <span className="row">
              {person(row)} {change(row)}
            </span>
            <span className="faint num">{dateTime(row.at)}</span>
          </div>
        )}
      />
    </>
  );
}
