import { Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useStaffOptions } from "@/lib/lookups";
import { useRefresh } from "@/lib/queries";
import { useSession } from "@/lib/session";
import { useReason } from "@/lib/useReason";
import { Guarded } from "@/ui/Guarded";
import { Panel } from "@/ui/Page";
import { useSubmit } from "@/ui/useSubmit";
import { type Person, setOwner } from "../api";

export function OwnerPanel({ person }: { person: Person }) {
  const { t } = useTranslation("people");
  const { session } = useSession();
  const reason = useReason()("people.edit");
  const staff = useStaffOptions();
  const refresh = useRefresh();
  const { busy, submit } = useSubmit();
  const [changing, setChanging] = useState(false);
  const set = async (staffId: string | null) => {
    if (!(await submit(() => setOwner(person.id, staffId), t("owner_card.saved")))) return;
    setChanging(false);
    await refresh("/api/people");
  };
  return (
    <Panel title={t("owner_card.title")}>
      {changing ? (
        <Select
          aria-label={t("owner_card.title")}
          style={{ width: "100%" }}
          defaultOpen
          loading={busy}
          showSearch
          optionFilterProp="label"
          value={person.owner?.staff_id ?? ""}
          options={[{ value: "", label: t("owner_card.nobody") }, ...staff]}
          onChange={(value) => void set(value || null)}
          onBlur={() => setChanging(false)}
        />
      ) : (
        <div className="row between">
          <span className={person.owner ? "strong" : "soft"}>
            {person.owner?.name ?? t("owner_card.none")}
          </span>
          <span className="row">
            {person.owner?.staff_id !== session.staff.id && (
              <Guarded size="small" loading={busy} reason={reason} onClick={() => void set(session.staff.id)}>
                {t("owner_card.take")}
              </Guarded>
            )}
            <Guarded size="small" reason={reason} onClick={() => setChanging(true)}>
              {t("owner_card.change")}
            </Guarded>
          </span>
        </div>
      )}
    </Panel>
  );
}
