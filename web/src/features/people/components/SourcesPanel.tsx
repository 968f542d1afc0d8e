import { useTranslation } from "react-i18next";
import { wholeList } from "@/lib/list";
import { useFormat } from "@/lib/useFormat";
import { type Column, DataTable } from "@/ui/DataTable";
import { Panel } from "@/ui/Page";
import { duplicateRate } from "../quality";
import type { Quality } from "../reviewApi";

type Source = Quality["sources"][number];

const FIELDS = ["phone", "email", "wecom", "gender", "birth_date"] as const;

/** How often each source has one person twice, and how much it says about them. */
export function SourcesPanel({ sources }: { sources: Source[] }) {
  const { t } = useTranslation("people");
  const { number, percent } = useFormat();
  const rate = (row: Source) => <span className="num">{percent(duplicateRate(row))}</span>;
  const count = (key: "records" | "persons"): Column<Source> => ({
    key,
    title: t(`quality.${key}`),
    align: "right",
    render: (_, row) => <span className="num">{number(row[key])}</span>,
  });
  const columns: Column<Source>[] = [
    {
      key: "name",
      title: t("quality.source"),
      render: (_, row) => <span className="strong">{row.name}</span>,
    },
    count("records"),
    count("persons"),
    { key: "rate", title: t("quality.duplicates"), align: "right", render: (_, row) => rate(row) },
    ...FIELDS.map((field) => ({
      key: field,
      title: t(`quality.fields.${field}`),
      render: (_: unknown, row: Source) => <Share of={row[field]} all={row.records} />,
    })),
  ];
  return (
    <Panel title={t("quality.sources")} flush>
      <p className="panel-intro soft">{t("quality.sources_hint")}</p>
      <DataTable
        list={wholeList(sources)}
        columns={columns}
        rowKey={(row) => row.id}
        label={t("quality.sources")}
        empty={{ title: t("quality.sources_empty") }}
        card={(row) => (
          <div className="stack tight">
            <div className="row between">
              <span className="strong">{row.name}</span>
              <span className="faint">
                {t("quality.duplicates")} {rate(row)}
              </span>
            </div>
            <div className="faint">
              {t("quality.records")} <span className="num">{number(row.records)}</span> ·{" "}
              {t("quality.persons")} <span className="num">{number(row.persons)}</span>
            </div>
            <dl className="shares">
              {FIELDS.map((field) => (
                <div key={field}>
                  <dt>{t(`quality.fields.${field}`)}</dt>
                  <dd>
                    <Share of={row[field]} all={row.records} />
                  </dd>
                </div>
              ))}
            </dl>
          </div>
        )}
      />
    </Panel>
  );
}

function Share({ of, all }: { of: number; all: number }) {
  const { percent } = useFormat();
  const share = all > 0 ? of / all : 0;
  return (
    <span className="share">
      <span className="bar" aria-hidden>
        <i style={{ width: `${share * 100}%` }} />
      </span>
      <span className="num">{percent(share, 0)}</span>
    </span>
  );
}
