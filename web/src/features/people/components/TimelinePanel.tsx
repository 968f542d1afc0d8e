import { Button, Select } from "antd";
import { useTranslation } from "react-i18next";
import { pagesOf } from "@/lib/list";
import { useEventNames } from "@/lib/lookups";
import { useUrlState } from "@/lib/navigation";
import { EventLine } from "@/ui/EventLine";
import { Panel } from "@/ui/Page";
import { Empty, Failed, Loading } from "@/ui/states";
import { useTimeline } from "../api";

export function TimelinePanel({ id }: { id: string }) {
  const { t } = useTranslation("people");
  const [{ kind }, set] = useUrlState({ kind: "" });
  const names = useEventNames();
  const list = pagesOf(useTimeline(id, kind));
  return (
    <Panel
      title={t("timeline.title")}
      extra={
        <Select
          aria-label={t("timeline.kind")}
          size="small"
          value={kind}
          style={{ width: 170 }}
          showSearch
          optionFilterProp="label"
          options={[{ value: "", label: t("timeline.all_kinds") }, ...names.kinds]}
          onChange={(value) => set({ kind: value })}
        />
      }
    >
      {list.rows === undefined ? (
        list.error ? (
          <Failed error={list.error} retry={list.retry} />
        ) : (
          <Loading />
        )
      ) : list.rows.length === 0 ? (
        <Empty title={kind ? t("timeline.empty_filtered") : t("timeline.empty")} />
      ) : (
        <ol className="timeline">
          {list.rows.map((event) => (
            <li key={event.event_id}>
              <EventLine event={event} names={names} />
            </li>
          ))}
        </ol>
      )}
      {list.more && (
        <div style={{ textAlign: "center" }}>
          <Button type="text" onClick={list.more} loading={list.loadingMore}>
            {t("common:action.more")}
          </Button>
        </div>
      )}
    </Panel>
  );
}
