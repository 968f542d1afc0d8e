import { useTranslation } from "react-i18next";
import { useClinicOptions, useSegmentOptions, useStaffOptions } from "@/lib/lookups";
import { Link } from "@/lib/navigation";
import { paths } from "@/lib/paths";

/** Where a subject is shown, by the kind of its id. */
const PAGES: Record<string, (id: string) => string> = {
  per: paths.person,
  seg: paths.segment,
  tpl: paths.touchPlan,
  imp: paths.import,
};

/** What an action was done to: by name where the reader may know it, and with a link where it has a page. */
export function AuditSubject({ id }: { id: string }) {
  const { t } = useTranslation("access");
  const known = [...useStaffOptions(), ...useClinicOptions(), ...useSegmentOptions()];
  const name = id === "chain" ? t("audit.chain") : known.find(({ value }) => value === id)?.label;
  const page = PAGES[id.split("_", 1)[0] ?? ""]?.(id);
  const text = name ?? <code>{id}</code>;
  return page ? <Link href={page}>{text}</Link> : <span title={id}>{text}</span>;
}
