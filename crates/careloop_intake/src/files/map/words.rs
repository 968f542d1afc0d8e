//! How clinics' programs name their columns, in Chinese and English, and what the words in them mean.

/// Headers of each field, after [`plain`]; the first list that knows a header wins.
const HEADERS: [(&str, &[&str]); 25] = [
    (
        "guardian_phone",
        &[
            "监护人电话",
            "监护人手机",
            "监护人手机号",
            "家长电话",
            "家长手机",
            "联系人电话",
            "guardianphone",
            "parentphone",
        ],
    ),
    ("guardian_name", &["监护人", "监护人姓名", "家长", "家长姓名", "guardian", "guardianname", "parentname"]),
    (
        "phone",
        &[
            "手机",
            "手机号",
            "手机号码",
            "电话",
            "电话号码",
            "联系电话",
            "联系方式",
            "移动电话",
            "备注手机",
            "phone",
            "phonenumber",
            "mobile",
            "mobilephone",
            "tel",
            "telephone",
            "cell",
        ],
    ),
    (
        "name",
        &[
            "姓名",
            "客户姓名",
            "患者姓名",
            "会员姓名",
            "顾客姓名",
            "名字",
            "客户名称",
            "患者",
            "昵称",
            "备注名",
            "name",
            "fullname",
            "customername",
            "patientname",
            "nickname",
        ],
    ),
    ("given_name", &["名", "givenname", "firstname", "forename"]),
    ("surname", &["姓", "姓氏", "surname", "lastname", "familyname"]),
    ("gender", &["性别", "gender", "sex"]),
    ("birth_date", &["出生日期", "生日", "出生年月", "出生年月日", "birthdate", "birthday", "dateofbirth", "dob"]),
    ("id_card", &["身份证", "身份证号", "身份证号码", "证件号", "证件号码", "idcard", "idnumber", "nationalid"]),
    ("wecom_external_id", &["externaluserid", "企微外部联系人id", "外部联系人id"]),
    ("union_id", &["unionid", "微信unionid"]),
    ("email", &["邮箱", "电子邮箱", "电子邮件", "email", "emailaddress", "mail"]),
    ("address", &["地址", "住址", "家庭住址", "联系地址", "详细地址", "address", "fulladdress"]),
    ("street", &["街道", "street", "address1", "streetaddress"]),
    ("suburb", &["区", "区县", "suburb", "district"]),
    ("city", &["城市", "市", "city", "town"]),
    ("region", &["省", "省份", "州", "region", "state", "province"]),
    ("postcode", &["邮编", "邮政编码", "postcode", "zip", "zipcode", "postalcode"]),
    ("country", &["国家", "country"]),
    (
        "clinic",
        &[
            "门店",
            "诊所",
            "院区",
            "机构",
            "分院",
            "就诊门店",
            "所属门店",
            "clinic",
            "clinicname",
            "clinicid",
            "branch",
            "store",
            "shop",
        ],
    ),
    (
        "created_at",
        &[
            "建档时间",
            "建档日期",
            "创建时间",
            "注册时间",
            "添加时间",
            "首单时间",
            "登记时间",
            "createdat",
            "created",
            "registeredat",
            "firstorder",
            "createtime",
        ],
    ),
    (
        "amount",
        &[
            "金额",
            "实收",
            "实收金额",
            "收款金额",
            "支付金额",
            "付款金额",
            "实付金额",
            "总金额",
            "消费金额",
            "amount",
            "total",
            "totalamount",
            "paid",
            "price",
        ],
    ),
    ("quantity", &["数量", "件数", "quantity", "qty"]),
    ("item", &["项目", "项目名称", "收费项目", "治疗项目", "商品", "商品名称", "item", "itemname", "product"]),
    ("method", &["支付方式", "付款方式", "收款方式", "paymentmethod", "method"]),
];

const SOURCE_IDS: &[&str] = &[
    "客户编号",
    "客户号",
    "客户id",
    "患者编号",
    "患者id",
    "病历号",
    "档案号",
    "会员号",
    "会员编号",
    "会员卡号",
    "会员id",
    "用户编号",
    "用户id",
    "顾客编号",
    "customerno",
    "customerid",
    "customer",
    "patientno",
    "patientid",
    "memberid",
    "memberno",
    "userid",
    "clientid",
    "recid",
    "recordid",
    "openid",
    "externaluserid",
    "contactid",
    "编号",
    "id",
];

const EVENT_IDS: &[&str] = &[
    "流水号",
    "订单号",
    "订单编号",
    "单号",
    "收费单号",
    "收款单号",
    "交易号",
    "交易流水号",
    "预约号",
    "就诊号",
    "orderno",
    "orderid",
    "ordernumber",
    "transactionid",
    "paymentid",
    "eventid",
    "messageid",
    "receiptno",
];

const EVENT_TIMES: &[&str] = &[
    "时间",
    "日期",
    "收费时间",
    "收费日期",
    "收款时间",
    "支付时间",
    "付款时间",
    "下单时间",
    "交易时间",
    "就诊时间",
    "就诊日期",
    "预约时间",
    "到店时间",
    "消费时间",
    "发生时间",
    "date",
    "time",
    "at",
    "timestamp",
    "datetime",
    "orderdate",
    "paidat",
    "paymentdate",
    "eventtime",
    "visitdate",
];

const EVENT_KINDS: &[&str] =
    &["类型", "事件", "事件类型", "业务类型", "交易类型", "type", "event", "eventtype", "kind"];

const KIND_WORDS: [(&str, &str); 20] = [
    ("收费", "payment.received"),
    ("收款", "payment.received"),
    ("付款", "payment.received"),
    ("支付", "payment.received"),
    ("消费", "payment.received"),
    ("payment", "payment.received"),
    ("sale", "payment.received"),
    ("退费", "refund.paid"),
    ("退款", "refund.paid"),
    ("refund", "refund.paid"),
    ("预约", "appt.booked"),
    ("appointment", "appt.booked"),
    ("booking", "appt.booked"),
    ("取消预约", "appt.cancelled"),
    ("到店", "appt.arrived"),
    ("爽约", "appt.no_show"),
    ("就诊", "visit.closed"),
    ("visit", "visit.closed"),
    ("下单", "order.created"),
    ("order", "order.created"),
];

const MALE: &[&str] = &["男", "男性", "先生", "male", "m", "man"];
const FEMALE: &[&str] = &["女", "女性", "女士", "female", "f", "woman"];

/// A header without case, blanks and punctuation.
pub(super) fn plain(header: &str) -> String {
    header.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The field a header stands for.
pub(super) fn field_of(header: &str) -> Option<&'static str> {
    let plain = plain(header);
    HEADERS.iter().find(|(_, words)| words.contains(&plain.as_str())).map(|(field, _)| *field)
}

/// How surely a header names the row in its source; smaller is surer.
pub(super) fn source_id_rank(header: &str) -> Option<usize> {
    rank(SOURCE_IDS, header)
}

/// How surely a header is the number of an order, payment or visit.
pub(super) fn event_id_rank(header: &str) -> Option<usize> {
    rank(EVENT_IDS, header)
}

/// How surely a header tells when something happened.
pub(super) fn event_time_rank(header: &str) -> Option<usize> {
    rank(EVENT_TIMES, header)
}

/// How surely a header tells what happened.
pub(super) fn event_kind_rank(header: &str) -> Option<usize> {
    rank(EVENT_KINDS, header)
}

fn rank(words: &[&str], header: &str) -> Option<usize> {
    let plain = plain(header);
    words.iter().position(|word| *word == plain)
}

/// The kind of event a word in a type column stands for.
pub(super) fn kind_of(word: &str) -> Option<&'static str> {
    let word = word.trim().to_lowercase();
    KIND_WORDS.iter().find(|(known, _)| *known == word).map(|(_, kind)| *kind)
}

/// `male` or `female`, if the word says so on its own.
pub(in crate::files) fn gender_of(word: &str) -> Option<&'static str> {
    let word = word.trim().to_lowercase();
    if MALE.contains(&word.as_str()) {
        Some("male")
    } else if FEMALE.contains(&word.as_str()) {
        Some("female")
    } else {
        None
    }
}
