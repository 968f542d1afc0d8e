import { Button, Grid, Table } from "antd";
import type { ColumnType } from "antd/es/table";
import { type ReactNode, useEffect } from "react";
import { useTranslation } from "react-i18next";
import type { ListState } from "@/lib/list";
import { ScrollRegion } from "./ScrollRegion";
import { Empty, Failed, Loading } from "./states";

export type Column<T> = ColumnType<T> & { title: string; key: string };

type DataTableProps<T> = {
  list: ListState<T>;
  columns: Column<T>[];
  rowKey: (row: T) => string;
  /** Names the table for a reader who cannot see it. */
  label: string;
  empty: { title: string; hint?: string; action?: ReactNode };
  /** The row as a card, for narrow screens; without it the table scrolls inside its frame. */
  card?: (row: T) => ReactNode;
};

/** The one list of the product: skeleton, error with retry, empty, rows, and "more". */
export function DataTable<T extends object>({
  list,
  columns,
  rowKey,
  label,
  empty,
  card,
}: DataTableProps<T>) {
  const { t } = useTranslation();
  const wide = Grid.useBreakpoint().md !== false;
  // A page may come back short, even empty, because its rows were filtered, and still not be the last.
  const { rows, more, loadingMore } = list;
  const skip = rows?.length === 0 && more && !loadingMore ? more : undefined;
  useEffect(() => skip?.(), [skip]);
  if (list.rows === undefined) {
    return list.error ? <Failed error={list.error} retry={list.retry} /> : <Loading rows={8} />;
  }
  if (list.rows.length === 0 && list.more) return <Loading rows={8} />;
  if (list.rows.length === 0) return <Empty {...empty} />;
  return (
    <>
      {card && !wide ? (
        <ul className="cards" aria-label={label}>
          {list.rows.map((row) => (
            <li key={rowKey(row)}>{card(row)}</li>
          ))}
        </ul>
      ) : (
        <ScrollRegion label={label}>
          <Table<T>
            size="middle"
            columns={columns}
            dataSource={list.rows}
            rowKey={rowKey}
            pagination={false}
            showSorterTooltip={false}
          />
        </ScrollRegion>
      )}
      {list.more && (
        <div className="list-more">
          <Button type="text" onClick={list.more} loading={list.loadingMore}>
            {t("action.more")}
          </Button>
        </div>
      )}
    </>
  );
}
