import { App } from "antd";
import { useTranslation } from "react-i18next";
import { useRefresh } from "@/lib/queries";
import { useFormat } from "@/lib/useFormat";
import { RowsDialog } from "@/ui/RowsDialog";
import { type Activity, checkRows, importAttendees } from "../api";

/** Notes that the people of a file attended. */
export function ImportAttendees({ activity, onClose }: { activity: Activity; onClose: () => void }) {
  const { t } = useTranslation("activities");
  const { message } = App.useApp();
  const { number } = useFormat();
  const refresh = useRefresh();
  const run = async (text: string) => {
    const { added } = await importAttendees(activity.id, text);
    void message.success(t("imported", { count: added, formatted: number(added) }));
    await refresh("/api/activities");
  };
  return <RowsDialog title={t("import_title")} check={checkRows} run={run} onClose={onClose} />;
}
