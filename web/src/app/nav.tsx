import {
  AuditOutlined,
  BankOutlined,
  BarChartOutlined,
  CheckSquareOutlined,
  DashboardOutlined,
  DatabaseOutlined,
  ExperimentOutlined,
  FileDoneOutlined,
  FileExclamationOutlined,
  IdcardOutlined,
  ImportOutlined,
  QrcodeOutlined,
  SafetyOutlined,
  SendOutlined,
  SettingOutlined,
  TagsOutlined,
  TeamOutlined,
  UsergroupAddOutlined,
  UserOutlined,
} from "@ant-design/icons";
import type { ReactNode } from "react";
import { paths } from "@/lib/paths";
import type { Permission } from "@/lib/permissions";

export type NavItem = { key: string; href: string; icon: ReactNode; permission: Permission };
export type NavGroup = { key: string; items: NavItem[] };

export const groups: NavGroup[] = [
  {
    key: "care",
    items: [
      {
        key: "overview",
        href: paths.overview(),
        icon: <DashboardOutlined aria-hidden />,
        permission: "insight.read",
      },
      { key: "people", href: paths.people(), icon: <UserOutlined aria-hidden />, permission: "people.read" },
      {
        key: "tasks",
        href: paths.tasks(),
        icon: <CheckSquareOutlined aria-hidden />,
        permission: "tasks.read",
      },
      {
        key: "review",
        href: paths.identityReview(),
        icon: <IdcardOutlined aria-hidden />,
        permission: "people.read",
      },
    ],
  },
  {
    key: "grow",
    items: [
      {
        key: "segments",
        href: paths.segments(),
        icon: <TeamOutlined aria-hidden />,
        permission: "segments.read",
      },
      { key: "tags", href: paths.tags(), icon: <TagsOutlined aria-hidden />, permission: "segments.read" },
      {
        key: "models",
        href: paths.models(),
        icon: <ExperimentOutlined aria-hidden />,
        permission: "segments.read",
      },
      {
        key: "activities",
        href: paths.activities(),
        icon: <QrcodeOutlined aria-hidden />,
        permission: "segments.read",
      },
      {
        key: "touch",
        href: paths.touchPlans(),
        icon: <SendOutlined aria-hidden />,
        permission: "outreach.read",
      },
      {
        key: "metrics",
        href: paths.metrics(),
        icon: <BarChartOutlined aria-hidden />,
        permission: "insight.read",
      },
    ],
  },
  {
    key: "intake",
    items: [
      {
        key: "imports",
        href: paths.imports(),
        icon: <ImportOutlined aria-hidden />,
        permission: "intake.run",
      },
      {
        key: "sources",
        href: paths.sources(),
        icon: <DatabaseOutlined aria-hidden />,
        permission: "intake.manage",
      },
      {
        key: "rejects",
        href: paths.rejects(),
        icon: <FileExclamationOutlined aria-hidden />,
        permission: "intake.manage",
      },
      {
        // Whoever looks after the sources answers for their duplicates; the page itself opens with `people.read`.
        key: "quality",
        href: paths.identityQuality(),
        icon: <FileDoneOutlined aria-hidden />,
        permission: "intake.manage",
      },
    ],
  },
  {
    key: "settings",
    items: [
      {
        key: "staff",
        href: paths.staff(),
        icon: <UsergroupAddOutlined aria-hidden />,
        permission: "staff.manage",
      },
      { key: "roles", href: paths.roles(), icon: <SafetyOutlined aria-hidden />, permission: "roles.manage" },
      {
        key: "clinics",
        href: paths.clinics(),
        icon: <BankOutlined aria-hidden />,
        permission: "clinics.manage",
      },
      {
        key: "chain",
        href: paths.chainSettings(),
        icon: <SettingOutlined aria-hidden />,
        permission: "settings.manage",
      },
      { key: "audit", href: paths.audit(), icon: <AuditOutlined aria-hidden />, permission: "audit.read" },
    ],
  },
];

/** What the reader may open, group by group. */
export function visibleGroups(may: (permission: Permission) => boolean): NavGroup[] {
  return groups
    .map((group) => ({ ...group, items: group.items.filter((item) => may(item.permission)) }))
    .filter((group) => group.items.length > 0);
}

/** The first page of the menu that the permissions open; a reader without any sees the customers' refusal. */
export function firstPage(permissions: Set<string>): string {
  return visibleGroups((permission) => permissions.has(permission))[0]?.items[0]?.href ?? paths.people();
}

export function isCurrent(item: NavItem, pathname: string): boolean {
  return pathname === item.href || pathname.startsWith(`${item.href}/`);
}
