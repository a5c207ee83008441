use serde_json::json;

use super::*;
use crate::platform::google::tests::api;

fn row(value: serde_json::Value) -> Row {
    serde_json::from_value(value).unwrap()
}

/// A group of ours with two campaigns, and a campaign of others with two ad groups.
fn view() -> View {
    let campaign = |id: u8, status: &str, group: &str| {
        row(json!({
            "campaign": {"resourceName": format!("customers/1234567890/campaigns/{id}"), "name": format!("c{id}"), "status": status,
                "campaignGroup": group, "campaignBudget": format!("b{id}")},
            "campaignBudget": {"amountMicros": "60000000"},
        }))
    };
    let ad_group = |id: u8, name: &str, status: &str, of: u8| AdGroup {
        resource_name: format!("customers/1234567890/adGroups/{id}"),
        name: name.to_owned(),
        status: status.to_owned(),
        campaign: format!("customers/1234567890/campaigns/{of}"),
    };
    let group = "customers/1234567890/campaignGroups/7";
    let mut view = View::default();
    view.groups.insert(group.to_owned(), "Launch [adb:abc1]".to_owned());
    view.add_campaigns(vec![campaign(1, "ENABLED", group), campaign(2, "PAUSED", group), campaign(3, "ENABLED", "")]);
    view.ad_sets = vec![
        ad_group(11, "one [adb:abs1]", "ENABLED", 1),
        ad_group(12, "two [adb:abs2]", "ENABLED", 2),
        ad_group(13, "theirs", "PAUSED", 3),
        ad_group(14, "theirs too", "ENABLED", 3),
    ];
    view
}

#[test]
fn a_group_of_ours_is_a_campaign_and_its_campaigns_are_ad_sets_with_their_budgets() {
    let objects = view().objects(&api(), Currency::BRL).unwrap();
    let ids: Vec<_> = objects.iter().map(|object| object.id.as_str()).collect();
    assert_eq!(ids, ["campaignGroups/7", "campaigns/3", "adGroups/11", "adGroups/12", "adGroups/13", "adGroups/14"]);
    assert_eq!((&objects[0].tag, objects[0].status), (&Some(Tag::new("abc1")), Status::Active));
    assert_eq!(objects[2].parent.as_ref().unwrap().as_str(), "campaignGroups/7");
    assert_eq!(objects[2].daily_budget.unwrap().micros(), 60_000_000);
    assert_eq!(objects[4].parent.as_ref().unwrap().as_str(), "campaigns/3");
}

#[test]
fn an_ad_set_whose_campaign_a_person_paused_does_not_count_as_active() {
    let objects = view().objects(&api(), Currency::BRL).unwrap();
    assert_eq!((objects[2].status, objects[3].status), (Status::Active, Status::Paused));
}

#[test]
fn the_budget_of_others_is_shown_once_on_what_delivers() {
    let objects = view().objects(&api(), Currency::BRL).unwrap();
    assert_eq!((objects[4].daily_budget, objects[5].daily_budget.is_some()), (None, true));
}

#[test]
fn a_group_without_campaigns_is_gone_and_an_unknown_status_fails() {
    let mut view = view();
    view.campaigns.retain(|_, row| row.campaign.campaign_group.is_empty());
    let objects = view.objects(&api(), Currency::BRL).unwrap();
    assert!(objects.iter().all(|object| object.tag.is_none()), "{objects:?}");
    view.ad_sets[2].status = "UNKNOWN".to_owned();
    assert!(view.objects(&api(), Currency::BRL).is_err());
}
