//! What a connector refuses by its capabilities, with the name of the field, before anything is sent.

use super::Capabilities;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{AdDraft, AdSetDraft, BidStrategy, CampaignDraft, Money};

/// Refuses drafts and amounts that the platform cannot take.
pub(super) struct Check<'a> {
    pub(super) can: &'a Capabilities,
}

impl Check<'_> {
    pub(super) fn campaign(&self, draft: &CampaignDraft) -> Result<()> {
        if draft.platform != self.can.platform {
            return Err(Error::invalid("platform", format!("the draft is for {}", draft.platform))
                .with("platform", self.can.platform)
                .next("use an account of the draft's platform"));
        }
        draft.flight.check()?;
        if self.can.creates_whole_trees {
            draft.ad_sets.iter().try_for_each(|ad_set| self.ad_set(ad_set))?;
        }
        Ok(())
    }

    pub(super) fn ad_set(&self, draft: &AdSetDraft) -> Result<()> {
        self.daily_budget(draft.daily_budget)?;
        if !self.can.bid_strategies.contains(&draft.bid_strategy) {
            return Err(self.unsupported("bid_strategy", draft.bid_strategy.as_str()));
        }
        match (draft.bid_strategy, draft.bid) {
            (BidStrategy::LowestCost, Some(_)) => {
                return Err(Error::invalid("bid", "lowest_cost takes no amount").next("leave the bid out"));
            }
            (BidStrategy::LowestCost, None) => {}
            (_, None) => {
                let what = format!("{} needs an amount", draft.bid_strategy);
                return Err(Error::invalid("bid", what).next("give a bid, or use lowest_cost"));
            }
            (_, Some(bid)) => self.bid(bid)?,
        }
        if self.can.creates_whole_trees {
            draft.ads.iter().try_for_each(|ad| self.ad(ad))?;
        }
        Ok(())
    }

    pub(super) fn ad(&self, draft: &AdDraft) -> Result<()> {
        let format = draft.creative.format;
        if self.can.formats.contains(&format) {
            Ok(())
        } else {
            Err(self.unsupported("creative.format", format.as_str()))
        }
    }

    pub(super) fn daily_budget(&self, budget: Money) -> Result<()> {
        self.amount("daily_budget", budget)?;
        let least = self.can.least_daily_budget;
        if budget.micros() < least.micros() {
            return Err(Error::invalid("daily_budget", format!("{budget} is below the least of {least}"))
                .with("platform", self.can.platform)
                .next("raise it, or leave the ad set out"));
        }
        Ok(())
    }

    pub(super) fn bid(&self, bid: Money) -> Result<()> {
        self.amount("bid", bid)
    }

    fn amount(&self, field: &str, amount: Money) -> Result<()> {
        if amount.currency() != self.can.currency {
            let what = format!("{amount} is not in the account's currency {}", self.can.currency);
            return Err(Error::invalid(field, what).next("convert it first"));
        }
        if !amount.is_positive() || amount.floor_to_minor_unit() != amount {
            return Err(Error::invalid(field, format!("{amount} is not a positive amount of whole minor units"))
                .next("round it to a whole minor unit above zero"));
        }
        Ok(())
    }

    fn unsupported(&self, field: &'static str, value: &str) -> Error {
        Error::new(ErrorKind::Unsupported, format!("{field}: {} does not take {value}", self.can.platform))
            .with("field", field)
            .with("platform", self.can.platform)
            .next("see the capabilities of the connector")
    }
}
