import { Grid, Select, Tabs } from "antd";
import type { ReactNode } from "react";

type Item = { key: string; label: string; children: ReactNode };
type Props = { label: string; active: string; items: Item[]; onChange: (key: string) => void };

/** The parts of a page, one at a time: tabs, or on a narrow screen, where they would not fit, a select. */
export function PageTabs({ label, active, items, onChange }: Props) {
  const wide = Grid.useBreakpoint().md !== false;
  if (wide) {
    const bar = { padding: "0 16px", margin: 0 };
    return <Tabs activeKey={active} onChange={onChange} tabBarStyle={bar} items={items} />;
  }
  const shown = items.find(({ key }) => key === active) ?? items[0];
  return (
    <>
      <div className="tabs-select">
        <Select
          aria-label={label}
          value={shown?.key}
          options={items.map(({ key, label }) => ({ value: key, label }))}
          onChange={onChange}
        />
      </div>
      {shown?.children}
    </>
  );
}
