import { PrinterOutlined } from "@ant-design/icons";
import { useParams } from "@tanstack/react-router";
import { Alert, Button, QRCode } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { useFormat } from "@/lib/useFormat";
import { Page } from "@/ui/Page";
import { Loaded } from "@/ui/states";
import { type Activity, useActivity } from "../api";

const LOOPBACK = /^(localhost|127\.|\[::1\])/;

/** A page to print and put at the door. */
export function PosterPage() {
  const { t } = useTranslation("activities");
  const { id = "" } = useParams({ strict: false });
  const activity = useActivity(id);
  const name = activity.data?.name ?? "";
  return (
    <Page
      title={t("poster_page.title", { name })}
      back={<Link href={paths.activity(id)}>{name || t("title")}</Link>}
      actions={
        <Button type="primary" icon={<PrinterOutlined aria-hidden />} onClick={() => window.print()}>
          {t("poster_page.print")}
        </Button>
      }
    >
      {LOOPBACK.test(window.location.hostname) && (
        <Alert className="screen-only" type="warning" showIcon title={t("poster_page.local")} />
      )}
      <Loaded query={activity}>{(data) => <Poster activity={data} />}</Loaded>
    </Page>
  );
}

function Poster({ activity }: { activity: Activity }) {
  const { t, i18n } = useTranslation("activities");
  const other = i18n.language === "en" ? "zh-CN" : "en";
  const { dateTime } = useFormat();
  const link = window.location.origin + paths.signIn(activity.token ?? "");
  return (
    <article className="poster">
      <h2>{activity.name}</h2>
      <p className="soft">{[activity.place, activity.clinic_name].filter(Boolean).join(" · ")}</p>
      <p className="num">
        {dateTime(activity.starts_at)} – {dateTime(activity.ends_at)}
      </p>
      <div className="poster-code" role="img" aria-label={t("poster_page.code", { link })}>
        <div aria-hidden>
          <QRCode type="svg" value={link} size={320} errorLevel="M" bordered={false} />
        </div>
      </div>
      <p className="poster-scan">{t("poster_page.scan")}</p>
      <p className="soft" lang={other}>
        {t("poster_page.scan", { lng: other })}
      </p>
      <p className="faint mono">{link}</p>
    </article>
  );
}
