//! The numbers of the rules, taken once from the tag files so that a missing one is found by the first test that runs.

macro_rules! limits {
    ($($name:ident = $tag:literal . $key:literal;)*) => {
        /// Thresholds by rule; days, counts, percents, points or minor units as the name says.
        #[derive(Debug, Clone)]
        pub(crate) struct Limits {
            $(pub $name: i64,)*
        }

        impl Limits {
            /// Reads each from its tag.
            pub(crate) fn read(get: impl Fn(&str, &str) -> Result<i64, String>) -> Result<Self, String> {
                Ok(Self { $($name: get($tag, $key)?,)* })
            }
        }
    };
}

limits! {
    adult_age = "attr.has_minor"."adult_age";
    price_orders = "attr.price_sensitive"."orders";
    price_percent = "attr.price_sensitive"."percent";
    compliance_days = "attr.compliance"."days";
    compliance_appointments = "attr.compliance"."appointments";
    compliance_high_percent = "attr.compliance"."high_percent";
    compliance_middle_percent = "attr.compliance"."middle_percent";
    channel_days = "attr.channel_pref"."days";
    intent_days = "need.intent_item"."days";
    cleaning_days = "need.cleaning_due"."days";
    home_visits = "visit.home_store"."visits";
    cross_days = "visit.cross_store"."days";
    multi_days = "visit.multi_dept"."days";
    designates_days = "visit.designates"."days";
    walk_in_visits = "visit.walk_in_prone"."visits";
    no_show_ever = "visit.no_show_prone"."ever";
    no_show_recent = "visit.no_show_prone"."recent";
    no_show_days = "visit.no_show_prone"."days";
    late_arrivals = "visit.late_prone"."arrivals";
    late_times = "visit.late_prone"."times";
    late_minutes = "visit.late_prone"."minutes";
    undecided_days = "visit.undecided"."days";
    unbooked_days = "visit.accepted_unbooked"."days";
    interrupted_days = "visit.interrupted"."days";
    high_ticket_minor = "visit.high_ticket"."amount_minor";
    value_days = "val.f"."days";
    abc_days = "val.abc"."days";
    abc_weight_breadth = "val.abc"."weight_breadth";
    abc_weight_ability = "val.abc"."weight_ability";
    abc_weight_willingness = "val.abc"."weight_willingness";
    abc_items_1 = "val.abc"."items_1";
    abc_items_2 = "val.abc"."items_2";
    abc_single_1_minor = "val.abc"."single_1_minor";
    abc_single_2_minor = "val.abc"."single_2_minor";
    abc_paid_days_1 = "val.abc"."paid_days_1";
    abc_paid_days_2 = "val.abc"."paid_days_2";
    abc_a_points = "val.abc"."a_points";
    abc_b_points = "val.abc"."b_points";
    cycle_tenths = "val.cycle"."tenths";
    refund_days = "val.refund_history"."days";
    sla_hours = "care.fu_due"."sla_hours";
    recall_days = "care.recall_due"."days";
    complaint_days = "care.complaint_history"."days";
    activity_days = "eng.activity"."days";
    activity_high = "eng.activity"."high";
    activity_middle = "eng.activity"."middle";
    silent_days = "eng.silent"."days";
    silent_touches = "eng.silent"."touches";
    sharer_days = "eng.sharer"."days";
    sharer_times = "eng.sharer"."times";
    koc_arrivals = "eng.koc"."arrivals";
    loyal_days = "life.stage"."loyal_days";
    new_days = "life.new_30d"."days";
    golden_days = "life.golden_window"."days";
    risk_high = "life.churn_risk"."high";
    risk_middle = "life.churn_risk"."middle";
    risk_score = "life.churn_risk"."unhappy_score";
    dormant_days = "life.dormant"."days";
    churned_days = "life.churned"."days";
    churned_recalls = "life.churned"."missed_recalls";
    churned_unreachable = "life.churned"."unreachable";
    won_back_days = "life.won_back"."days";
    won_back_contact_days = "life.won_back"."contact_days";
}
