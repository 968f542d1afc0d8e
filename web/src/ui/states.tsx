import { InboxOutlined, WarningOutlined } from "@ant-design/icons";
import { Button, Skeleton } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { problemMessage, toProblem } from "@/lib/problem";

export function Empty({
  title,
  hint,
  action,
}: {
  title: string;
  hint?: string | undefined;
  action?: ReactNode;
}) {
  return (
    <div className="state">
      <InboxOutlined aria-hidden />
      <div className="strong">{title}</div>
      {hint && <p>{hint}</p>}
      {action}
    </div>
  );
}

export function Failed({ error, retry }: { error: unknown; retry?: (() => void) | undefined }) {
  const { t } = useTranslation();
  const problem = toProblem(error);
  return (
    <div className="state" role="alert">
      <WarningOutlined aria-hidden />
      <div className="strong">{t("state.failed")}</div>
      <p>{problemMessage(error, t)}</p>
      {problem.requestId && <p className="faint mono">{problem.requestId}</p>}
      {retry && <Button onClick={retry}>{t("action.retry")}</Button>}
    </div>
  );
}

export function Loading({ rows = 5 }: { rows?: number }) {
  const { t } = useTranslation();
  return (
    <output style={{ display: "block", padding: 16 }} aria-busy="true">
      <span className="visually-hidden">{t("state.loading")}</span>
      <Skeleton active title={false} paragraph={{ rows }} />
    </output>
  );
}

type Answer<T> = { data: T | undefined; error: unknown; refetch: () => unknown };

/** Shows what was read, or that it is being read, or why it could not be. */
export function Loaded<T>({
  query,
  rows,
  children,
}: {
  query: Answer<T>;
  rows?: number;
  children: (data: T) => ReactNode;
}) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <Failed error={query.error} retry={() => void query.refetch()} />;
  return <Loading {...(rows ? { rows } : {})} />;
}
