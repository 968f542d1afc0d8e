import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useGo } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { useRefresh } from "@/lib/queries";
import { useFormat } from "@/lib/useFormat";
import { useReason } from "@/lib/useReason";
import { Guarded } from "@/ui/Guarded";
import { Facts, Page, Panel } from "@/ui/Page";
import { Loaded } from "@/ui/states";
import { useConfirm } from "@/ui/useConfirm";
import { useSubmit } from "@/ui/useSubmit";
import { type Activity, closeActivity, renewLink, reopenActivity, useActivity } from "../api";
import { ActivityDialog } from "../components/ActivityDialog";
import { AttendeeTable } from "../components/AttendeeTable";
import { DoorChip } from "../components/DoorChip";
import { ImportAttendees } from "../components/ImportAttendees";
import { TagChips } from "../components/TagChips";

export function ActivityPage() {
  const { t } = useTranslation("activities");
  const { id = "" } = useParams({ strict: false });
  const activity = useActivity(id);
  return (
    <Page
      title={activity.data?.name ?? t("title")}
      back={<Link href={paths.activities()}>{t("title")}</Link>}
      actions={activity.data && <Actions activity={activity.data} />}
    >
      <Loaded query={activity}>{(data) => <Body activity={data} />}</Loaded>
    </Page>
  );
}

function Actions({ activity }: { activity: Activity }) {
  const { t } = useTranslation("activities");
  const go = useGo();
  const reason = useReason()("segments.edit");
  const [open, setOpen] = useState<"edit" | "import">();
  const early = activity.door === "not_yet" ? t("import_early") : undefined;
  return (
    <>
      <Guarded reason={reason} onClick={() => setOpen("edit")}>
        {t("edit")}
      </Guarded>
      <DoorButton activity={activity} reason={reason} />
      <RenewButton activity={activity} reason={reason} />
      <Guarded reason={reason ?? early} onClick={() => setOpen("import")}>
        {t("import")}
      </Guarded>
      <Guarded type="primary" reason={reason} onClick={() => go(paths.poster(activity.id))}>
        {t("poster")}
      </Guarded>
      {open === "edit" && <ActivityDialog activity={activity} onClose={() => setOpen(undefined)} />}
      {open === "import" && <ImportAttendees activity={activity} onClose={() => setOpen(undefined)} />}
    </>
  );
}

type ButtonProps = { activity: Activity; reason: string | undefined };

function DoorButton({ activity, reason }: ButtonProps) {
  const { t } = useTranslation("activities");
  const confirm = useConfirm();
  const refresh = useRefresh();
  const { busy, submit } = useSubmit();
  const changed = async (work: Promise<unknown>) => {
    await work;
    await refresh("/api/activities");
  };
  const over = activity.door === "over" ? t("over_reason") : undefined;
  if (activity.door === "closed") {
    return (
      <Guarded
        reason={reason}
        loading={busy}
        onClick={() => void submit(() => changed(reopenActivity(activity.id)))}
      >
        {t("reopen")}
      </Guarded>
    );
  }
  const close = () =>
    confirm({
      title: t("close_title", { name: activity.name }),
      content: t("close_hint"),
      ok: t("close"),
      run: () => changed(closeActivity(activity.id)),
    });
  return (
    <Guarded reason={reason ?? over} onClick={close}>
      {t("close")}
    </Guarded>
  );
}

function RenewButton({ activity, reason }: ButtonProps) {
  const { t } = useTranslation("activities");
  const confirm = useConfirm();
  const refresh = useRefresh();
  const renew = () =>
    confirm({
      title: t("renew_title"),
      content: t("renew_hint"),
      ok: t("renew"),
      danger: true,
      run: async () => {
        await renewLink(activity.id);
        await refresh("/api/activities");
      },
    });
  return (
    <Guarded reason={reason} onClick={renew}>
      {t("renew")}
    </Guarded>
  );
}

function Body({ activity }: { activity: Activity }) {
  const { t } = useTranslation("activities");
  const { dateTime, number } = useFormat();
  return (
    <>
      <Panel>
        <Facts
          items={[
            { label: t("state"), value: <DoorChip door={activity.door} /> },
            {
              label: t("window"),
              value: (
                <>
                  <span className="num">{dateTime(activity.starts_at)}</span> –{" "}
                  <span className="num">{dateTime(activity.ends_at)}</span>
                </>
              ),
            },
            { label: t("place"), value: activity.place || t("common:none") },
            { label: t("clinic"), value: activity.clinic_name ?? t("whole_chain") },
            {
              label: t("list"),
              value: <Link href={paths.segment(activity.list_id)}>{activity.list_name}</Link>,
            },
            { label: t("tags"), value: <TagChips tags={activity.tags} /> },
          ]}
        />
      </Panel>
      <Panel
        flush
        title={t("attendees")}
        extra={
          <span className="num strong" data-testid="attendee-count">
            {t("people", { count: activity.attendees, formatted: number(activity.attendees) })}
          </span>
        }
      >
        <AttendeeTable activity={activity} />
      </Panel>
    </>
  );
}
