import { Checkbox, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useRefresh } from "@/lib/queries";
import { useFormat } from "@/lib/useFormat";
import { Guarded } from "@/ui/Guarded";
import { Loaded } from "@/ui/states";
import { useSubmit } from "@/ui/useSubmit";
import { type Role, updateRole, usePermissions } from "../api";

/** Its role always grants everything in the whole chain. */
const ADMINISTRATOR = "administrator";
const LEVELS = ["own", "clinic", "region", "chain"] as const;
const areaOf = (permission: string) => permission.split(".")[0] ?? permission;

export function RoleForm({ role }: { role: Role }) {
  const { t } = useTranslation("access");
  const { pick } = useFormat();
  const permissions = usePermissions();
  const refresh = useRefresh();
  const { busy, submit } = useSubmit();
  const [granted, setGranted] = useState(() => new Set(role.permissions));
  const [level, setLevel] = useState(role.level);
  const fixed = role.code === ADMINISTRATOR ? t("roles.fixed") : undefined;
  const toggle = (code: string, on: boolean) => {
    const next = new Set(granted);
    if (on) next.add(code);
    else next.delete(code);
    setGranted(next);
  };
  const save = async () => {
    const work = () =>
      updateRole(role.id, {
        name_zh: role.name_zh,
        name_en: role.name_en,
        permissions: [...granted].sort(),
        level,
      });
    if (await submit(work, t("roles.saved", { name: pick(role.name_zh, role.name_en) })))
      await refresh("/api/roles");
  };
  return (
    <div className="stack">
      <div className="row">
        <span className="soft">{t("roles.level")}</span>
        <Select
          aria-label={t("roles.level")}
          value={level}
          disabled={!!fixed}
          style={{ width: 180 }}
          options={LEVELS.map((one) => ({ value: one, label: t(`roles.level_${one}`) }))}
          onChange={setLevel}
        />
        <span className="faint">{t("roles.staff_count", { count: role.staff_count })}</span>
        <span className="faint">{t("roles.count", { count: granted.size })}</span>
      </div>
      <Loaded query={permissions}>
        {({ items }) => (
          <div className="permission-grid">
            {[...new Set(items.map(({ key }) => areaOf(key)))].map((area) => (
              <fieldset key={area}>
                <legend>{t(`areas.${area}`, { defaultValue: area })}</legend>
                {items
                  .filter(({ key }) => areaOf(key) === area)
                  .map(({ key, name_zh, name_en }) => (
                    <Checkbox
                      key={key}
                      checked={granted.has(key)}
                      disabled={!!fixed}
                      onChange={({ target }) => toggle(key, target.checked)}
                    >
                      {pick(name_zh, name_en)}
                    </Checkbox>
                  ))}
              </fieldset>
            ))}
          </div>
        )}
      </Loaded>
      <div className="row">
        <Guarded type="primary" reason={fixed} loading={busy} onClick={() => void save()}>
          {t("roles.save")}
        </Guarded>
        {fixed && <span className="soft">{fixed}</span>}
      </div>
    </div>
  );
}
