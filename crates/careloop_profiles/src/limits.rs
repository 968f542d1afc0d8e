//! The numbers of the rules: those of the tag files, read once so that a missing one is found by the first test that runs,
//! and those a chain put in their place.

use std::collections::BTreeMap;

use crate::library::{TagDef, render_threshold, tag_library};
use crate::model::Arg;

/// Numbers that a chain put in the place of the library's, by tag and name of the threshold.
pub type Overrides = BTreeMap<(String, String), i64>;

macro_rules! limits {
    ($($name:ident = $tag:literal . $key:literal;)*) => {
        /// Thresholds by rule; days, counts, percents, points or minor units as the name says.
        #[derive(Debug, Clone)]
        pub struct Limits {
            $(pub(crate) $name: i64,)*
            /// What the sentences of reasons say of thresholds, by the tag's place in the library.
            said: Vec<Vec<(&'static str, Arg)>>,
        }

        impl Limits {
            /// Reads each from its tag.
            pub(crate) fn read(get: impl Fn(&str, &str) -> Result<i64, String>) -> Result<Self, String> {
                Ok(Self { $($name: get($tag, $key)?,)* said: Vec::new() })
            }
        }
    };
}

impl Limits {
    /// The library's numbers with these in their place.
    pub fn with(overrides: &Overrides) -> Self {
        let library = tag_library();
        let number = |tag: &str, key: &str| {
            let default = library.find(tag).and_then(|def| def.thresholds.get(key)).copied();
            overrides.get(&(tag.to_owned(), key.to_owned())).copied().or(default)
        };
        let read = Self::read(|tag, key| number(tag, key).ok_or_else(|| format!("`{tag}` has no threshold `{key}`")));
        let limits = read.unwrap_or_else(|_| library.limits().clone());
        Self { said: library.tags().iter().map(|tag| spoken(tag, number)).collect(), ..limits }
    }

    /// The thresholds that the sentence of a tag's reason names, as it says them, by the tag's place in the library.
    pub(crate) fn said(&self, tag: usize) -> &[(&'static str, Arg)] {
        self.said.get(tag).map_or(&[], Vec::as_slice)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::with(&Overrides::new())
    }
}

fn spoken(tag: &'static TagDef, number: impl Fn(&str, &str) -> Option<i64>) -> Vec<(&'static str, Arg)> {
    let named = tag.thresholds.keys().filter(|key| {
        let place = format!("{{{key}}}");
        tag.because.zh.contains(&place) || tag.because.en.contains(&place)
    });
    let said = |key: &str, number: i64| match key.ends_with("_minor") {
        true => render_threshold(key, number).into(),
        false => Arg::Number(number),
    };
    named.filter_map(|key| Some((key.as_str(), said(key, number(&tag.id, key)?)))).collect()
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
    intent_level_days = "need.intent_level"."days";
    caries_days = "need.caries_risk"."days";
    caries_high = "need.caries_risk"."high";
    perio_depth_mm = "need.perio"."depth_mm";
    mixed_from = "need.mixed_dentition"."from";
    mixed_to = "need.mixed_dentition"."to";
    fluoride_from = "need.fluoride_due"."from";
    fluoride_to = "need.fluoride_due"."to";
    fluoride_days = "need.fluoride_due"."days";
    implant_healing_days = "need.implant_stage"."healing_days";
    crown_days = "need.rct_no_crown"."days";
    untreated_days = "need.dx_untreated"."days";
    imaged_days = "need.imaged_no_deal"."days";
    aesthetic_days = "need.aesthetic_cycle_due"."days";
    scene_days = "need.scene"."days";
    short_notice_days = "visit.short_notice_ok"."days";
    short_notice_hours = "visit.short_notice_ok"."hours";
    consent_form_days = "visit.consent_missing"."days";
    grade_first_days = "visit.grade_5a"."first_days";
    grade_end_days = "visit.grade_5a"."end_days";
    entitle_days = "val.entitle_expiring"."days";
    discount_mean = "val.discount_heavy"."mean_percent";
    discount_times = "val.discount_heavy"."times";
    points_days = "val.points_band"."days";
    postop_extraction_days = "care.postop"."extraction_days";
    postop_surgery_days = "care.postop"."surgery_days";
    postop_implant_days = "care.postop"."implant_days";
    report_days = "care.report_due"."days";
    checkin_days = "care.checkin_compliance"."days";
    checkin_high = "care.checkin_compliance"."high_percent";
    checkin_middle = "care.checkin_compliance"."middle_percent";
    winback_days = "care.winback"."days";
    winback_tries = "care.winback"."tries";
    group_days = "eng.group_active"."days";
    miniapp_days = "eng.miniapp_user"."days";
    reader_days = "eng.deep_reader"."days";
    reader_articles = "eng.deep_reader"."articles";
    reader_seconds = "eng.deep_reader"."seconds";
    buyer_days = "eng.card_buyer"."days";
    promoter_days = "eng.promoter_level"."days";
    promoter_gold = "eng.promoter_level"."gold";
    promoter_silver = "eng.promoter_level"."silver";
    potential_score = "eng.referral_potential"."score";
    potential_days = "eng.referral_potential"."days";
    fatigue_days = "eng.fatigue"."days";
    fatigue_touches = "eng.fatigue"."touches";
    fatigue_removed_days = "eng.fatigue"."removed_days";
    lead_value_minor = "life.lead_grade"."value_minor";
    member_days = "life.member_expiring"."days";
    parent_years = "attr.family_role"."parent_years";
    grand_years = "attr.family_role"."grand_years";
    decision_days = "attr.decision_maker"."days";
    decision_members = "attr.decision_maker"."members";
    ability_high_minor = "attr.pay_ability"."high_minor";
    ability_middle_minor = "attr.pay_ability"."middle_minor";
    hours_days = "attr.active_hours"."days";
    topic_days = "attr.content_pref"."days";
    topic_count = "attr.content_pref"."topics";
}
