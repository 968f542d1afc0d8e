import { BarChart, FunnelChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";
import { colours, font, series } from "./theme";

echarts.use([
  BarChart,
  LineChart,
  FunnelChart,
  GridComponent,
  TooltipComponent,
  LegendComponent,
  AriaComponent,
  CanvasRenderer,
]);

const axis = {
  axisLine: { lineStyle: { color: colours.lineStrong } },
  axisTick: { show: false },
  axisLabel: { color: colours.inkSoft },
  splitLine: { lineStyle: { color: colours.line } },
};
echarts.registerTheme("careloop", {
  color: series,
  textStyle: { fontFamily: font, color: colours.ink },
  categoryAxis: { ...axis, splitLine: { show: false } },
  valueAxis: { ...axis, axisLine: { show: false } },
  legend: { textStyle: { fontFamily: font, color: colours.inkSoft } },
});

export type ChartOption = echarts.EChartsCoreOption;
type ChartProps = {
  option: ChartOption;
  label: string;
  height?: number;
  onPick?: (name: string, series: string) => void;
};

const prefersStill = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

/** An ECharts drawing. `label` tells what it shows; the numbers themselves stand in a table beside it, which the caller draws. */
export function Chart({ option, label, height = 260, onPick }: ChartProps) {
  const holder = useRef<HTMLDivElement>(null);
  const chart = useRef<echarts.ECharts | null>(null);
  useEffect(() => {
    const element = holder.current;
    if (!element) return;
    const made = echarts.init(element, "careloop");
    chart.current = made;
    const sizes = new ResizeObserver(() => made.resize());
    sizes.observe(element);
    return () => {
      sizes.disconnect();
      made.dispose();
    };
  }, []);
  useEffect(() => {
    chart.current?.setOption(
      { animation: !prefersStill(), animationDuration: 200, ...option },
      { notMerge: true },
    );
  }, [option]);
  useEffect(() => {
    const made = chart.current;
    if (!made || !onPick) return;
    const pick = (event: { name?: string; seriesName?: string }) =>
      onPick(event.name ?? "", event.seriesName ?? "");
    made.on("click", pick);
    return () => {
      made.off("click", pick);
    };
  }, [onPick]);
  return <div ref={holder} role="img" aria-label={label} style={{ height, width: "100%" }} />;
}
