# The texts of adbrain in English. The same keys stand in pt-BR.ftl.

## Feedback
feedback-ctr-low = Low CTR - test new visual formats
feedback-roas-low = ROAS below expectation - review targeting
feedback-cpa-high = CPA above the limit - review bids and targeting

## Alerts
alert-cost-spike = CPM rose { $change }% in the last hour
alert-cost-spike-advice = Check competition and adjust bids
alert-performance-drop = ROAS at { $roas }, below target
alert-performance-drop-advice = Pause ads that perform poorly
alert-opportunity = A potential audience twice as large is available
alert-opportunity-advice = Expand targeting gradually

## Prediction
prediction-prior-only = No past results: this is the wide prior of the trade
prediction-few-ads = Rests on { $ads } ads only
prediction-segment-unknown = No past results for { $segment }

## Experiments
experiment-associational = The platform chose who saw which ad: the difference is associational
