//! The accounts on the fakes, as a file of accounts names them.

use serde_json::{Value, json};

use crate::{google, linkedin, meta, tiktok};

/// An account on each fake by the addresses of the fakes: Meta, Google, `TikTok`, `LinkedIn`.
pub fn accounts(urls: [&str; 4]) -> Value {
    let [on_meta, on_google, on_tiktok, on_linkedin] = urls;
    json!([
        {"platform": "meta", "account": meta::ACCOUNT, "token": meta::TOKEN, "page_id": meta::PAGE, "pixel_id": meta::PIXEL,
         "base_url": on_meta},
        {"platform": "google", "account": google::CUSTOMER, "token": google::TOKEN, "business_name": "Example",
         "logo_asset": google::LOGO, "base_url": on_google},
        {"platform": "tiktok", "account": tiktok::ACCOUNT, "token": tiktok::TOKEN,
         "identity": {"id": tiktok::IDENTITY, "kind": "custom"}, "pixel_id": tiktok::PIXEL, "sales_event": "SHOPPING",
         "carousel_music_id": tiktok::MUSIC, "base_url": on_tiktok},
        {"platform": "linkedin", "account": linkedin::ACCOUNT, "token": linkedin::TOKEN, "organization": linkedin::ORGANIZATION,
         "locale": {"country": "BR", "language": "pt"}, "base_url": on_linkedin},
    ])
}
