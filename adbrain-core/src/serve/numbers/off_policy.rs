//! Off-policy evaluation by name.

use super::Method;
use crate::experiment::off_policy::off_policy;

pub(super) const METHODS: &[Method] = &[checked_method!(
    "off_policy",
    "What another policy of choosing would have brought, from a log of choices drawn with known probabilities.",
    off_policy
)];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::numbers::call;

    #[test]
    fn a_log_without_propensities_is_refused_by_name_and_a_wrong_row_is_named() {
        let row = json!({"choice": "a", "reward": 1.0});
        let input = json!({"choices": ["a", "b"], "rows": [row], "target": [0.5, 0.5]});
        let found = call("off_policy", &input).unwrap();
        assert_eq!((&found["outcome"], &found["reason"]), (&json!("refused"), &json!("not_logged")));
        assert_eq!(found.get("value"), None);
        let wrong = json!({"choices": ["a", "b"], "rows": [{"choice": "a", "reward": "nan"}], "target": [0.5, 0.5]});
        let error = call("off_policy", &wrong).unwrap_err();
        assert_eq!(error.context_of("field"), Some("rows[0].reward"), "{error}");
    }
}
