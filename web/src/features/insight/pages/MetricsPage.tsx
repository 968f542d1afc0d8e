import { SearchOutlined } from "@ant-design/icons";
import { Input, Select } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useUrlState } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { useFormat } from "@/lib/useFormat";
import { Chip } from "@/ui/Chip";
import { Page, Panel } from "@/ui/Page";
import { Empty, Loaded } from "@/ui/states";
import { type Metric, useMetrics } from "../api";

export function MetricsPage() {
  const { t } = useTranslation("insight");
  const metrics = useMetrics();
  const [{ q, area }, set] = useUrlState({ q: "", area: "" });
  const areaName = (name: string) => t(`areas.${name}`, { defaultValue: name });
  const fits = (one: Metric) =>
    (!area || one.area === area) &&
    (!q || `${one.id} ${one.name_zh} ${one.name_en}`.toLowerCase().includes(q.toLowerCase()));
  return (
    <Page title={t("metrics.title")} sub={t("metrics.sub")}>
      <Loaded query={metrics}>
        {({ items }) => {
          const areas = [...new Set(items.map((one) => one.area))];
          const shown = items.filter(fits);
          return (
            <>
              <search className="filters">
                <Input
                  className="search"
                  allowClear
                  prefix={<SearchOutlined aria-hidden />}
                  aria-label={t("metrics.search")}
                  placeholder={t("metrics.search")}
                  value={q}
                  onChange={({ target }) => set({ q: target.value })}
                />
                <Select
                  aria-label={t("metrics.area")}
                  value={area}
                  style={{ minWidth: 160 }}
                  options={[
                    { value: "", label: t("metrics.all_areas") },
                    ...areas.map((value) => ({ value, label: areaName(value) })),
                  ]}
                  onChange={(value) => set({ area: value })}
                />
              </search>
              {shown.length === 0 && <Empty title={t("metrics.none")} />}
              {areas
                .map((name) => ({ name, metrics: shown.filter((one) => one.area === name) }))
                .filter((group) => group.metrics.length > 0)
                .map((group) => (
                  <Panel key={group.name} title={areaName(group.name)}>
                    <ul className="plain-list metric-grid">
                      {group.metrics.map((metric) => (
                        <MetricItem key={metric.id} metric={metric} />
                      ))}
                    </ul>
                  </Panel>
                ))}
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

function MetricItem({ metric }: { metric: Metric }) {
  const { t } = useTranslation("insight");
  const { pick } = useFormat();
  return (
    <li>
      <div className="row">
        <Link className="strong" href={paths.metric(metric.id)}>
          {pick(metric.name_zh, metric.name_en)}
        </Link>
        {metric.ledger && (
          <Chip tone="accent">{t(`ledgers.${metric.ledger}`, { defaultValue: metric.ledger })}</Chip>
        )}
      </div>
      <div className="faint">{pick(metric.formula_zh, metric.formula_en)}</div>
    </li>
  );
}
