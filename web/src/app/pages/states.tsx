import { CompassOutlined, LockOutlined } from "@ant-design/icons";
import { Button } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { toProblem } from "@/lib/problem";
import { Page, Panel } from "@/ui/Page";
import { Failed, Loading } from "@/ui/states";

export function PageLoading() {
  return <Loading rows={8} />;
}

type EndProps = { title: string; icon: ReactNode; hint: string };

/** There is nothing to see here: why, and the way back. */
function End({ title, icon, hint }: EndProps) {
  const { t } = useTranslation();
  return (
    <Page title={title}>
      <Panel>
        <div className="state">
          {icon}
          <p>{hint}</p>
          <Link href={paths.home()}>{t("action.home")}</Link>
        </div>
      </Panel>
    </Page>
  );
}

export function NotFoundPage() {
  const { t } = useTranslation();
  return (
    <End title={t("page.not_found")} icon={<CompassOutlined aria-hidden />} hint={t("page.not_found_hint")} />
  );
}

function RefusedPage() {
  const { t } = useTranslation();
  return <End title={t("page.refused")} icon={<LockOutlined aria-hidden />} hint={t("page.refused_hint")} />;
}

/** What is left when a page cannot be shown: refused, not there, or broken. */
export function CrashPage({ error, reset }: { error: unknown; reset?: () => void }) {
  const { t } = useTranslation();
  const refused = error instanceof Error && error.name === "ForbiddenPage";
  const { status } = toProblem(error);
  if (refused || status === 403) return <RefusedPage />;
  if (status === 404) return <NotFoundPage />;
  return (
    <Page title={t("page.crashed")}>
      <Failed error={error} retry={reset} />
      <div style={{ textAlign: "center" }}>
        <Button href={window.location.href}>{t("action.reload")}</Button>
      </div>
    </Page>
  );
}
