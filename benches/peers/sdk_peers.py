"""The platforms' own packages over the fakes: report pages read into rows, ads created; prints one JSON object.

Usage: sdk_peers.py pages meta|tiktok URL CALLS | ads meta|tiktok URL ADS | pages google FILE PAGES

What goes over the wire is the packages' own but for the address, and for the token of Meta, which its fake takes from a header.
"""

import json
import resource
import sys
import tempfile
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

META, META_TOKEN, META_PAGE = "act_1234567890", "EAAB-canary-token", "1777"
TIKTOK, TIKTOK_IDENTITY = "7000000000001", "7100"
TIKTOK_TOKEN = "tiktok-canary-token"
FIELDS = ["campaign_id", "campaign_name", "adset_id", "adset_name", "ad_id", "ad_name", "impressions",
          "inline_link_clicks", "spend", "actions", "action_values"]  # fmt: skip
METRICS = ["spend", "impressions", "clicks", "conversion", "total_complete_payment_rate", "total_purchase_value"]


def account_of_meta(url: str):
    from facebook_business.adobjects.adaccount import AdAccount
    from facebook_business.api import FacebookAdsApi
    from facebook_business.session import FacebookSession

    FacebookSession.GRAPH = url
    api = FacebookAdsApi.init(access_token=META_TOKEN, api_version="v26.0", crash_log=False)
    api._session.requests.headers["Authorization"] = f"Bearer {META_TOKEN}"
    return AdAccount(META)


def pages_of_meta(url: str, calls: int) -> int:
    account = account_of_meta(url)
    period = {"since": "2026-10-01", "until": "2026-10-30"}
    params = {"level": "ad", "time_increment": "1", "time_range": period, "limit": "200"}
    params["action_attribution_windows"] = ["7d_click"]
    return sum(len([dict(row) for row in account.get_insights(fields=FIELDS, params=params)]) for _ in range(calls))


def days() -> list[str]:
    today = datetime.now(timezone.utc)
    return [(today + timedelta(days=ahead)).strftime("%Y-%m-%d") for ahead in (2, 12)]


def ads_of_meta(url: str, count: int) -> int:
    account, (start, end) = account_of_meta(url), days()
    paused = {"status": "PAUSED"}
    campaign = {"name": "Bench", "objective": "OUTCOME_TRAFFIC", "special_ad_categories": [], "buying_type": "AUCTION"}
    campaign = account.create_campaign(params={**campaign, **paused, "is_adset_budget_sharing_enabled": False})
    ad_set = {
        "name": "Bench", "campaign_id": campaign["id"], "daily_budget": 6000, "billing_event": "IMPRESSIONS",
        "optimization_goal": "LINK_CLICKS", "bid_strategy": "LOWEST_COST_WITHOUT_CAP",
        "targeting": {"geo_locations": {"countries": ["BR"]}, "targeting_automation": {"advantage_audience": 0}},
        "start_time": f"{start}T00:00:00+0000", "end_time": f"{end}T00:00:00+0000",
    }  # fmt: skip
    ad_set = account.create_ad_set(params={**ad_set, **paused})
    picture = Path(tempfile.mkdtemp()) / "picture.jpg"
    picture.write_bytes(b"a picture of the benches")
    picture = account.create_ad_image(params={"filename": str(picture)})["hash"]
    for number in range(count):
        story = {"page_id": META_PAGE, "link_data": {
            "link": "https://example.com/stage", "message": "A cool spring for every room", "name": "Air without noise",
            "description": "Delivered in two days", "image_hash": picture,
            "call_to_action": {"type": "LEARN_MORE", "value": {"link": "https://example.com/stage"}},
        }}  # fmt: skip
        creative = {"name": f"Bench {number}", "object_story_spec": story}
        account.create_ad(params={"name": f"Bench {number}", "adset_id": ad_set["id"], "creative": creative, **paused})
    return count


def client_of_tiktok(url: str):
    from business_api_client import ApiClient, Configuration

    configuration = Configuration()
    configuration.host = url
    return ApiClient(configuration)


def pages_of_tiktok(url: str, calls: int) -> int:
    from business_api_client.api.reporting_api import ReportingApi

    api, rows = ReportingApi(client_of_tiktok(url)), 0
    for _ in range(calls):
        answer = api.report_integrated_get(
            "BASIC", TIKTOK_TOKEN, advertiser_id=TIKTOK, data_level="AUCTION_AD",
            dimensions=["ad_id", "stat_time_day"], metrics=METRICS, start_date="2026-10-01", end_date="2026-10-30",
            page=1, page_size=1000,
        )  # fmt: skip
        rows += len([{**row["dimensions"], **row["metrics"]} for row in answer["data"]["list"]])
    return rows


def ads_of_tiktok(url: str, count: int) -> int:
    from business_api_client import models
    from business_api_client.api.ad_api import AdApi
    from business_api_client.api.adgroup_api import AdgroupApi
    from business_api_client.api.campaign_creation_api import CampaignCreationApi

    client, (start, end) = client_of_tiktok(url), days()
    body = models.CampaignCreateBody(
        advertiser_id=TIKTOK, campaign_name="Bench", objective_type="TRAFFIC", budget_mode="BUDGET_MODE_INFINITE",
        operation_status="DISABLE",
    )  # fmt: skip
    campaign = CampaignCreationApi(client).campaign_create(TIKTOK_TOKEN, body=body)
    body = models.AdgroupCreateBody(
        advertiser_id=TIKTOK, adgroup_name="Bench", campaign_id=campaign["data"]["campaign_id"], billing_event="CPC",
        budget=60, budget_mode="BUDGET_MODE_DAY", optimization_goal="CLICK", pacing="PACING_MODE_SMOOTH",
        schedule_type="SCHEDULE_START_END", schedule_start_time=f"{start} 00:00:00",
        schedule_end_time=f"{end} 00:00:00", placement_type="PLACEMENT_TYPE_NORMAL", placements=["PLACEMENT_TIKTOK"],
        location_ids=["3469034"], promotion_type="WEBSITE", operation_status="DISABLE", bid_type="BID_TYPE_NO_BID",
    )  # fmt: skip
    group = AdgroupApi(client).adgroup_create(TIKTOK_TOKEN, body=body)
    for number in range(count):
        creative = models.AdcreateCreatives(
            ad_name=f"Bench {number}", ad_format="SINGLE_VIDEO", ad_text="A cool spring for every room",
            call_to_action="LEARN_MORE", identity_id=TIKTOK_IDENTITY, identity_type="CUSTOMIZED_USER",
            landing_page_url="https://example.com/stage", video_id="old1", image_ids=["old1"],
            operation_status="DISABLE",
        )  # fmt: skip
        body = models.AdCreateBody(advertiser_id=TIKTOK, adgroup_id=group["data"]["adgroup_id"], creatives=[creative])
        AdApi(client).ad_create(TIKTOK_TOKEN, body=body)
    return count


def pages_of_google(file: str, pages: int) -> int:
    from google.ads.googleads.v26.services.types.google_ads_service import SearchGoogleAdsResponse
    from google.protobuf import json_format

    text, rows = Path(file).read_text(), 0
    for _ in range(pages):
        found = SearchGoogleAdsResponse(json_format.Parse(text, SearchGoogleAdsResponse.pb(SearchGoogleAdsResponse())))
        rows += len([(row.metrics.cost_micros, row.metrics.impressions, row.metrics.clicks) for row in found.results])
    return rows


JOBS = {
    ("pages", "meta"): pages_of_meta,
    ("ads", "meta"): ads_of_meta,
    ("pages", "tiktok"): pages_of_tiktok,
    ("ads", "tiktok"): ads_of_tiktok,
    ("pages", "google"): pages_of_google,
}


def cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    job, platform, where, count = sys.argv[1:]
    JOBS[job, platform](where, 0)
    wall, used = time.perf_counter(), cpu()
    rows = JOBS[job, platform](where, int(count))
    wall, used = time.perf_counter() - wall, cpu() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"rows": rows, "wall_s": wall, "cpu_s": used, "peak_mb": peak}))


if __name__ == "__main__":
    main()
