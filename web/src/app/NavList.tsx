import { useTranslation } from "react-i18next";
import { Link, usePathname } from "@/lib/navigation";
import { useSession } from "@/lib/session";
import { isCurrent, visibleGroups } from "./nav";

export function NavList({ onFollow }: { onFollow?: () => void }) {
  const { t } = useTranslation();
  const { can } = useSession();
  const pathname = usePathname();
  return visibleGroups(can).map((group) => (
    <div key={group.key}>
      <div className="nav-group" id={`nav-${group.key}`}>
        {t(`nav.group_${group.key}`)}
      </div>
      <ul aria-labelledby={`nav-${group.key}`}>
        {group.items.map((item) => (
          <li key={item.key}>
            <Link
              className="nav-item"
              href={item.href}
              aria-current={isCurrent(item, pathname) ? "page" : undefined}
              {...(onFollow ? { onClick: onFollow } : {})}
            >
              {item.icon}
              {t(`nav.${item.key}`)}
            </Link>
          </li>
        ))}
      </ul>
    </div>
  ));
}
