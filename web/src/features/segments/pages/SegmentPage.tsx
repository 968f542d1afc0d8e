import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { EMPTY } from "@/lib/format";
import { useStaffOptions } from "@/lib/lookups";
import { Link, useGo, useUrlState } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { useRefresh } from "@/lib/queries";
import { useFormat } from "@/lib/useFormat";
import { useReason } from "@/lib/useReason";
import { Chip } from "@/ui/Chip";
import { Guarded } from "@/ui/Guarded";
import { Page, Panel } from "@/ui/Page";
import { PageTabs } from "@/ui/PageTabs";
import { Empty, Loaded } from "@/ui/states";
import { useConfirm } from "@/ui/useConfirm";
import { archiveSegment, type Segment, type SegmentDetail, useSegment, useVocabulary } from "../api";
import { BulkProgress } from "../components/BulkProgress";
import { ChangesTab } from "../components/ChangesTab";
import { CompositionTab } from "../components/CompositionTab";
import { ExportDialog } from "../components/ExportDialog";
import { HistoryTab } from "../components/HistoryTab";
import { ImportDialog } from "../components/ImportDialog";
import { LookalikeTab } from "../components/LookalikeTab";
import { MembersTab } from "../components/MembersTab";
import { OverlapTab } from "../components/OverlapTab";
import { RestoreButton } from "../components/RestoreButton";
import { BulkButtons } from "../components/SelectionBar";
import { useNames } from "../components/useNames";
import { parseRule } from "../rule";
import { sentenceOf } from "../sentence";

export function SegmentPage() {
  const { t } = useTranslation("segments");
  const { id = "" } = useParams({ strict: false });
  const { pick } = useFormat();
  const segment = useSegment(id);
  const [{ action }, set] = useUrlState({ action: "" });
  return (
    <Page
      title={segment.data ? pick(segment.data.name, segment.data.name_en) : t("title")}
      back={<Link href={paths.segments()}>{t("title")}</Link>}
      actions={segment.data && <Actions segment={segment.data} onStarted={(action) => set({ action })} />}
    >
      {action !== "" && <BulkProgress key={action} id={action} onClose={() => set({ action: "" })} />}
      <Loaded query={segment}>
        {(data) => <Body segment={data} onStarted={(action) => set({ action })} />}
      </Loaded>
    </Page>
  );
}

function Actions({ segment, onStarted }: { segment: Segment; onStarted: (action: string) => void }) {
  const { t } = useTranslation("segments");
  const go = useGo();
  const { pick, number } = useFormat();
  const reason = useReason();
  const away = segment.archived ? t("archived_reason") : undefined;
  const confirm = useConfirm();
  const refresh = useRefresh();
  const [exporting, setExporting] = useState(false);
  const [importing, setImporting] = useState(false);
  const archive = () =>
    confirm({
      title: t("archive_title", { name: pick(segment.name, segment.name_en) }),
      content: t("archive_hint"),
      ok: t("archive"),
      danger: true,
      run: async () => {
        await archiveSegment(segment.id);
        await refresh("/api/segments");
      },
    });
  return (
    <>
      <BulkButtons
        whom={{ segment: segment.id }}
        about={t("lists.everybody", {
          name: pick(segment.name, segment.name_en),
          formatted: number(segment.count),
        })}
        away={away}
        onStarted={onStarted}
      />
      <Guarded reason={reason("segments.export") ?? away} onClick={() => setExporting(true)}>
        {t("export")}
      </Guarded>
      <Guarded
        reason={reason("outreach.edit") ?? away}
        onClick={() => go(paths.touchPlanNew({ segment: segment.id }))}
      >
        {t("touch")}
      </Guarded>
      {segment.archived ? (
        <RestoreButton segment={segment} />
      ) : (
        <Guarded reason={reason("segments.edit")} danger onClick={archive}>
          {t("archive")}
        </Guarded>
      )}
      {segment.list ? (
        <Guarded type="primary" reason={reason("segments.edit") ?? away} onClick={() => setImporting(true)}>
          {t("lists.import")}
        </Guarded>
      ) : (
        <Guarded
          type="primary"
          reason={reason("segments.edit") ?? away}
          onClick={() => go(paths.segmentEdit(segment.id))}
        >
          {t("edit")}
        </Guarded>
      )}
      {importing && (
        <ImportDialog list={segment.id} onStarted={onStarted} onClose={() => setImporting(false)} />
      )}
      {exporting && <ExportDialog segment={segment} onClose={() => setExporting(false)} />}
    </>
  );
}

function Body({ segment, onStarted }: { segment: SegmentDetail; onStarted: (action: string) => void }) {
  const { t } = useTranslation("segments");
  const { number, dateTime, pick } = useFormat();
  const names = useNames(useVocabulary().data);
  const maker = useStaffOptions().find(({ value }) => value === segment.created_by)?.label;
  const rule = parseRule(segment.rule);
  const members = segment.archived ? (
    <Empty title={t("archived_members")} hint={t("archived_members_hint")} />
  ) : (
    <MembersTab segment={segment} onStarted={onStarted} />
  );
  const [{ tab }, set] = useUrlState({ tab: "members" });
  return (
    <>
      <Panel>
        <div className="row top" style={{ gap: "8px 32px" }}>
          <div>
            <div className="faint">{t("count")}</div>
            <div className="live-number num">{segment.archived ? EMPTY : number(segment.count)}</div>
            {!segment.filled && !segment.archived && <Chip tone="warn">{t("filling")}</Chip>}
          </div>
          <div className="grow" style={{ flexBasis: 260 }}>
            <div className="faint">{t("rule")}</div>
            <div>
              {segment.list && t("lists.rule")}
              {!segment.list &&
                (rule ? sentenceOf(rule, names, t) : pick(segment.summary_zh, segment.summary_en))}
            </div>
            {segment.description && (
              <div className="soft">{pick(segment.description, segment.description_en)}</div>
            )}
            <div className="faint">
              {maker && `${maker} · `}
              {t("updated")} <span className="num">{dateTime(segment.updated_at)}</span>{" "}
              {segment.archived && <Chip>{t("archived")}</Chip>}
            </div>
          </div>
        </div>
      </Panel>
      <Panel flush>
        <PageTabs
          label={t("lists.view")}
          active={tab}
          onChange={(key) => set({ tab: key })}
          items={[
            { key: "members", label: t("members"), children: members },
            { key: "changes", label: t("changes"), children: <ChangesTab id={segment.id} /> },
            ...(segment.list
              ? [
                  {
                    key: "history",
                    label: t("lists.history"),
                    children: <HistoryTab id={segment.id} onStarted={onStarted} />,
                  },
                ]
              : []),
            ...(segment.archived
              ? []
              : [
                  {
                    key: "composition",
                    label: t("lists.composition"),
                    children: <CompositionTab id={segment.id} />,
                  },
                  { key: "overlap", label: t("lists.overlap"), children: <OverlapTab segment={segment} /> },
                  { key: "alike", label: t("lists.alike"), children: <LookalikeTab segment={segment} /> },
                ]),
          ]}
        />
      </Panel>
    </>
  );
}
