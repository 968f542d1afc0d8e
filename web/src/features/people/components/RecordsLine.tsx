import { ClusterOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/lib/useFormat";
import type { Person } from "../api";

/** Where the reasons stand, further down the page. */
export const IDENTITY = "identity";

/** Says at once that several records were found to be this one person, and leads to the reasons. */
export function RecordsLine({ person }: { person: Person }) {
  const { t } = useTranslation("people");
  const { list } = useFormat();
  const count = person.records.length;
  const bySource = new Map<string, number>();
  for (const { source_name } of person.records) {
    bySource.set(source_name, (bySource.get(source_name) ?? 0) + 1);
  }
  const sources = list([...bySource].map(([name, records]) => (records > 1 ? `${name} ×${records}` : name)));
  return (
    <div className="row" style={{ gap: "2px 8px" }}>
      <ClusterOutlined aria-hidden className="faint" />
      <span>{t(count > 1 ? "identity.made_of" : "identity.made_of_one", { count, sources })}</span>
      {count > 1 && <a href={`#${IDENTITY}`}>{t("identity.why")}</a>}
    </div>
  );
}
