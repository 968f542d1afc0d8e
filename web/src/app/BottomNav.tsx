import { EllipsisOutlined } from "@ant-design/icons";
import { Drawer } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, usePathname } from "@/lib/navigation";
import { useSession } from "@/lib/session";
import { NavList } from "./NavList";
import { isCurrent, visibleGroups } from "./nav";

const THUMB = 4;

/** The phone's navigation: the first screens under the thumb, the rest one tap away. */
export function BottomNav() {
  const { t } = useTranslation();
  const { can } = useSession();
  const pathname = usePathname();
  const [open, setOpen] = useState(false);
  const items = visibleGroups(can).flatMap((group) => group.items);
  return (
    <nav className="bottom-nav" aria-label={t("nav.main")}>
      {items.slice(0, THUMB).map((item) => (
        <Link key={item.key} href={item.href} aria-current={isCurrent(item, pathname) ? "page" : undefined}>
          {item.icon}
          {t(`nav.${item.key}`)}
        </Link>
      ))}
      <button type="button" onClick={() => setOpen(true)} aria-haspopup="dialog" aria-expanded={open}>
        <EllipsisOutlined aria-hidden />
        {t("nav.more")}
      </button>
      <Drawer
        open={open}
        onClose={() => setOpen(false)}
        placement="bottom"
        size="75%"
        title={t("nav.more")}
        aria-label={t("nav.more")}
      >
        <div className="drawer-nav">
          <NavList onFollow={() => setOpen(false)} />
        </div>
      </Drawer>
    </nav>
  );
}
