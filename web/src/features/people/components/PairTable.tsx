import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { useFormat } from "@/lib/useFormat";
import { type ComparedField, type Mark, markOf } from "../evidence";
import type { Pair } from "../reviewApi";

type Side = Pair["a"];
type Row = { field: string; compared?: ComparedField; of: (side: Side) => ReactNode };

const SIGNS: Record<Mark, string> = { agree: "=", near: "≈", differ: "≠" };

/** Two records, field by field, with a sign between values that were compared. What neither of them says is left out. */
export function PairTable({ pair }: { pair: Pair }) {
  const { t } = useTranslation("people");
  const rows = useRows().filter(({ of }) => of(pair.a) || of(pair.b));
  return (
    <table className="pair-table">
      <caption className="visually-hidden">{t("review.pair")}</caption>
      <colgroup>
        <col className="label" />
        <col />
        <col className="sign" />
        <col />
      </colgroup>
      <thead className="visually-hidden">
        <tr>
          <th scope="col">{t("review.field")}</th>
          <th scope="col">{t("review.first")}</th>
          <th scope="col">{t("review.mark")}</th>
          <th scope="col">{t("review.second")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ field, compared, of }) => (
          <tr key={field}>
            <th scope="row">{t(`review.fields.${field}`)}</th>
            <td>{of(pair.a) || <Nothing />}</td>
            <td className="sign">{compared && <Sign mark={markOf(compared, pair.findings)} />}</td>
            <td>{of(pair.b) || <Nothing />}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function useRows(): Row[] {
  const { t } = useTranslation("people");
  const { date } = useFormat();
  const number = (text: string | null | undefined) => text && <span className="num">{text}</span>;
  return [
    {
      field: "name",
      compared: "name",
      of: (side) => (
        <Link className="strong" href={paths.person(side.person_id)}>
          {side.name || t("common:unnamed")}
        </Link>
      ),
    },
    { field: "phone", compared: "phone", of: ({ phone }) => number(phone) },
    {
      field: "gender",
      compared: "gender",
      of: ({ gender }) => gender && t(`common:gender.${gender}`, { defaultValue: gender }),
    },
    { field: "birth_date", compared: "birth_date", of: ({ birth_date }) => number(birth_date) },
    { field: "id_card", compared: "id_card", of: ({ id_card }) => number(id_card) },
    { field: "guardian", compared: "guardian", of: ({ guardian }) => guardian },
    { field: "area", compared: "area", of: ({ area }) => area },
    { field: "wechat", compared: "wechat", of: ({ wechat }) => wechat && t("review.has_wechat") },
    { field: "clinic", of: ({ clinic_name }) => clinic_name },
    {
      field: "source",
      of: ({ source_name, source_key }) => (
        <>
          {source_name} <code className="faint">{source_key}</code>
        </>
      ),
    },
    { field: "created", of: ({ created_at }) => number(date(created_at)) },
  ];
}

function Sign({ mark }: { mark: Mark | undefined }) {
  const { t } = useTranslation("people");
  if (!mark) return null;
  return (
    <span className={`pair-sign ${mark}`} title={t(`review.marks.${mark}`)}>
      <span aria-hidden>{SIGNS[mark]}</span>
      <span className="visually-hidden">{t(`review.marks.${mark}`)}</span>
    </span>
  );
}

function Nothing() {
  return <span className="faint">—</span>;
}
