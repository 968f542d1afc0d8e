import { Button, Result } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { toProblem } from "@/lib/problem";
import { Page } from "@/ui/Page";
import { Failed, Loading } from "@/ui/states";

export function PageLoading() {
  return <Loading rows={8} />;
}

function Home() {
  const { t } = useTranslation();
  return <Link href={paths.home()}>{t("action.home")}</Link>;
}

export function NotFoundPage() {
  const { t } = useTranslation();
  return (
    <Page title={t("page.not_found")}>
      <Result status="404" title="404" subTitle={t("page.not_found_hint")} extra={<Home />} />
    </Page>
  );
}

function RefusedPage() {
  const { t } = useTranslation();
  return (
    <Page title={t("page.refused")}>
      <Result status="403" title="403" subTitle={t("page.refused_hint")} extra={<Home />} />
    </Page>
  );
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
