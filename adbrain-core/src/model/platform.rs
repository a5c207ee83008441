//! Platforms, objectives and formats: the closed lists of the trade.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$case_doc:meta])* $case:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[non_exhaustive]
        pub enum $name { $($(#[$case_doc])* #[serde(rename = $text)] $case,)* }

        impl $name {
            /// Every value, in a fixed order.
            pub const ALL: &'static [Self] = &[$(Self::$case),*];

            /// The name in JSON and in texts for machines.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$case => $text,)* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::Error;

            fn from_str(text: &str) -> $crate::Result<Self> {
                Self::ALL.iter().copied().find(|value| value.as_str() == text).ok_or_else(|| {
                    let known: Vec<_> = Self::ALL.iter().map(|value| value.as_str()).collect();
                    $crate::Error::new($crate::ErrorKind::InvalidInput, format!("unknown {} {text:?}", stringify!($name).to_lowercase()))
                        .next(format!("use one of: {}", known.join(", ")))
                })
            }
        }
    };
}
pub(crate) use named;

named! {
    /// An advertising platform.
    Platform {
        /// Meta: Facebook and Instagram.
        Meta = "meta",
        /// Google Ads.
        Google = "google",
        /// `TikTok`.
        TikTok = "tiktok",
        /// `LinkedIn`.
        LinkedIn = "linkedin",
    }
}

named! {
    /// What a campaign is for.
    Objective {
        /// Being seen.
        Awareness = "awareness",
        /// Visits.
        Traffic = "traffic",
        /// Likes, comments, views.
        Engagement = "engagement",
        /// Enquiries.
        Leads = "leads",
        /// Installs and actions in an app.
        AppPromotion = "app_promotion",
        /// Purchases.
        Sales = "sales",
    }
}

named! {
    /// A creative format that a brief can ask for.
    Format {
        /// Video with cut plans of 15 s, 30 s and vertical Reels.
        Video = "video",
        /// Several cards that tell one story.
        Carousel = "carousel",
        /// Vertical stories with interactive elements.
        Stories = "stories",
        /// Content by users, with their permission.
        Ugc = "ugc",
    }
}
