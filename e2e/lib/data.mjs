// Small files for the tests. Names, numbers and dates are made up; the id card number has a right check digit, and no
// phone looks like a placeholder, for a placeholder is proof of nothing.

/** Two clinics' lists: 王晓明 is in both under one id card, his son shares his phone. */
export const PEOPLE = [
  "客户编号,姓名,手机号,性别,出生日期,身份证,门店,建档时间",
  "A001,王晓明,13806172935,男,1985-03-12,110101198503120017,城东店,2026-01-05 10:00:00",
  "A002,李雅婷,13951840276,女,1992-07-21,,城东店,2026-01-06 11:00:00",
  "A003,王小宝,13806172935,男,2018-05-02,,城东店,2026-01-07 09:30:00",
  "A004,陈子涵,13770529164,女,1978-11-30,,城西店,2026-01-08 15:20:00",
  "B001,王晓明,13611693508,男,1985-03-12,110101198503120017,城西店,2026-02-01 16:00:00",
  ",无编号,13584027719,男,1990-01-01,,城西店,2026-02-02 08:00:00",
].join("\n");

/** Later arrivals: they enter a segment that exists by then. */
export const LATER = [
  "客户编号,姓名,手机号,性别,出生日期,身份证,门店,建档时间",
  "A005,赵敏,13146208857,女,1990-09-09,,城东店,2026-03-01 10:00:00",
  "A006,周芷若,13262905413,女,1995-04-04,,城西店,2026-03-02 10:00:00",
].join("\n");

/** Two pairs that share a phone and half a name: one person written in a hurry, or two of a family. Nobody can know. */
export const DOUBTS = [
  "客户编号,姓名,手机号,门店,建档时间",
  "D001,孙浩然,13951840277,城东店,2026-01-08 10:00:00",
  "D002,孙浩,13951840277,城西店,2026-01-09 10:00:00",
  "D003,何思齐,13584029163,城东店,2026-01-10 10:00:00",
  "D004,何思,13584029163,城西店,2026-01-11 10:00:00",
].join("\n");

/** Payments and visits of the last days, so that they lie in the page's default window. */
export function events(today) {
  const day = (back) => new Date(today.getTime() - back * 86_400_000).toISOString().slice(0, 10);
  return [
    "单号,客户编号,类型,时间,门店,金额,项目",
    `E1,A001,就诊,${day(9)} 10:00:00,城东店,,洁牙`,
    `E2,A001,收费,${day(9)} 11:00:00,城东店,380.00,洁牙`,
    `E3,A002,就诊,${day(7)} 10:00:00,城东店,,种植`,
    `E4,A002,收费,${day(7)} 12:00:00,城东店,9800.00,种植`,
    `E5,A004,就诊,${day(5)} 10:00:00,城西店,,正畸`,
    `E6,A004,收费,${day(5)} 12:30:00,城西店,12000.50,正畸`,
    `E7,A002,收费,${day(2)} 09:00:00,城东店,200.00,复查`,
  ].join("\n");
}
/** What the payments above add up to. */
export const PAID = "22,381";

/** The clinics that the files speak of. */
export const CLINICS = [
  { code: "CD", name: "城东店" },
  { code: "CX", name: "城西店" },
];
