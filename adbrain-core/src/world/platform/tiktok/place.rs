//! Where `TikTok` keeps an object: Smart+ objects live in lists of their own, beside those of the classic flow.

use crate::platform::Level;

/// How a campaign is made and kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Flow {
    /// Through the `smart_plus` endpoints.
    SmartPlus,
    /// Through the older ones.
    Classic,
}

/// One level of one flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) flow: Flow,
    pub(super) level: Level,
}

impl Place {
    /// Parents first, and Smart+ before the classic lists, which may show Smart+ objects too.
    pub(super) const ALL: [Self; 6] = [
        Self { flow: Flow::SmartPlus, level: Level::Campaign },
        Self { flow: Flow::Classic, level: Level::Campaign },
        Self { flow: Flow::SmartPlus, level: Level::AdSet },
        Self { flow: Flow::Classic, level: Level::AdSet },
        Self { flow: Flow::SmartPlus, level: Level::Ad },
        Self { flow: Flow::Classic, level: Level::Ad },
    ];

    /// The path of one of its endpoints: `/smart_plus/campaign/get/`. The last slash is part of it.
    pub(super) fn path(self, action: &str) -> String {
        let flow = match self.flow {
            Flow::SmartPlus => "/smart_plus",
            Flow::Classic => "",
        };
        let level = match self.level {
            Level::Campaign => "campaign",
            Level::AdSet => "adgroup",
            Level::Ad => "ad",
        };
        format!("{flow}/{level}/{action}/")
    }

    /// The field that holds ids of its objects, in filters and in changes of status.
    pub(super) fn ids(self) -> &'static str {
        match (self.level, self.flow) {
            (Level::Campaign, _) => "campaign_ids",
            (Level::AdSet, _) => "adgroup_ids",
            (Level::Ad, Flow::SmartPlus) => "smart_plus_ad_ids",
            (Level::Ad, Flow::Classic) => "ad_ids",
        }
    }

    /// The most objects of one page.
    pub(super) fn page_size(self) -> u32 {
        if self.level == Level::Ad && self.flow == Flow::SmartPlus { 100 } else { 1_000 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_ends_with_a_slash() {
        let paths: Vec<_> = Place::ALL.iter().map(|place| place.path("get")).collect();
        assert_eq!(paths[0], "/smart_plus/campaign/get/");
        assert_eq!(paths[5], "/ad/get/");
        assert!(paths.iter().all(|path| path.ends_with('/')));
    }
}
