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

/** The end of an id tells things of one kind apart. */
const LETTERS = 6;

/** What an action was done to: by name where the reader may know it, and with a link where it has a page. */
export function AuditSubject({ id }: { id: string }) {
  const { t } = useTranslation("access");
  const known = [...useStaffOptions(), ...useClinicOptions(), ...useSegmentOptions()];
  const name = id === "chain" ? t("audit.chain") : known.find(({ value }) => value === id)?.label;
  const [kind = "", rest = ""] = id.split("_", 2);
  const text = name ?? (
    <>
      {t(`audit.subjects.${kind}`, { defaultValue: kind })} <code>{rest.slice(-LETTERS)}</code>
    </>
  );
  const page = PAGES[kind]?.(id);
  return page ? (
    <Link href={page} title={id}>
      {text}
    </Link>
  ) : (
    <span title={id}>{text}</span>
  );
}
