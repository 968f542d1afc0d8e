import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { useRefresh } from "@/lib/queries";
import { useConfirm } from "@/ui/useConfirm";
import { useSubmit } from "@/ui/useSubmit";
import { archiveStaff, type Staff, updateStaff } from "../api";

type StaffActionsProps = { staff: Staff; onEdit: () => void; onPassword: (password: string) => void };

export function StaffActions({ staff, onEdit, onPassword }: StaffActionsProps) {
  const { t } = useTranslation("access");
  const confirm = useConfirm();
  const refresh = useRefresh();
  const { busy, submit } = useSubmit();
  const archive = () =>
    confirm({
      title: t("staff.archive_title", { name: staff.name }),
      content: t("staff.archive_hint"),
      ok: t("staff.archive"),
      danger: true,
      run: async () => {
        await archiveStaff(staff.id);
        await refresh("/api/staff");
      },
    });
  const reset = () =>
    confirm({
      title: t("staff.reset_title", { name: staff.name }),
      content: t("staff.reset_hint"),
      ok: t("staff.reset"),
      run: async () => {
        const { data } = await updateStaff(staff.id, { reset_password: true });
        if (data?.password) onPassword(data.password);
      },
    });
  const restore = () =>
    submit(async () => {
      await updateStaff(staff.id, { archived: false, reset_password: false });
      await refresh("/api/staff");
    }, t("staff.restored"));
  if (staff.archived) {
    return (
      <Button size="small" loading={busy} onClick={() => void restore()}>
        {t("staff.restore")}
      </Button>
    );
  }
  return (
    <div className="row">
      <Button size="small" onClick={onEdit} aria-label={t("staff.edit", { name: staff.name })}>
        {t("common:action.edit")}
      </Button>
      <Button size="small" type="text" onClick={reset}>
        {t("staff.reset")}
      </Button>
      <Button size="small" type="text" danger onClick={archive}>
        {t("staff.archive")}
      </Button>
    </div>
  );
}
