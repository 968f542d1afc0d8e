import type { Texts } from "@/lib/i18n";

const zh = {
  title: "门店",
  sub: "连锁下的每一家诊所",
  new: "新建门店",
  edit: "编辑 {{name}}",
  code: "编号",
  name: "名称",
  region: "大区",
  zone: "时区",
  zone_default: "同连锁设置",
  state: "状态",
  open: "营业",
  archived: "已归档",
  archive: "归档",
  restore: "恢复",
  archive_title: "归档门店「{{name}}」？",
  archive_hint: "归档后不再出现在筛选中，历史数据保留。",
  empty: "还没有门店",
  empty_hint: "新建第一家门店，导入的客户与就诊就能归到它名下。",
  required: "必填",
  actions: "操作",
};

const en: typeof zh = {
  title: "Clinics",
  sub: "Every clinic of the chain",
  new: "New clinic",
  edit: "Edit {{name}}",
  code: "Code",
  name: "Name",
  region: "Region",
  zone: "Time zone",
  zone_default: "As the chain",
  state: "State",
  open: "Open",
  archived: "Archived",
  archive: "Archive",
  restore: "Restore",
  archive_title: "Archive “{{name}}”?",
  archive_hint: "It leaves the filters; its history stays.",
  empty: "No clinics yet",
  empty_hint: "Make the first one, so that imported customers and visits belong somewhere.",
  required: "Required",
  actions: "Actions",
};

export const texts: Texts = { zh, en };
