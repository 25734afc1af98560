"""The sentences of domain.yml for questions that no pack words."""

from __future__ import annotations

# Questions whose words and buttons are the same in every organisation.
OWN_WORDS = {
    "can_ask": "utter_guide_ask_can_ask",
    "involves_us": "utter_guide_ask_involves_us",
    "which_of_us": "utter_guide_ask_which_of_us",
    "shared_with": "utter_guide_ask_shared_with",
    "why_no_consent": "utter_guide_ask_why_no_consent",
    "told_person": "utter_guide_ask_told_person",
    "why_not_told": "utter_guide_ask_why_not_told",
    "why_not_shared": "utter_guide_ask_why_not_shared",
    "discussed_with_requester": "utter_guide_ask_discussed_with_requester",
    "detriment": "utter_guide_ask_detriment",
    "advice_outcome": "utter_guide_ask_advice_outcome",
    "manager_decision": "utter_guide_ask_manager_decision",
    "told_by": "utter_guide_ask_told_by",
    "question_raised": "utter_guide_ask_question_raised",
    "answer_question": "utter_guide_ask_answer_question",
    "approve_sharing_without_consent": "utter_guide_ask_approve_sharing",
    "approve_sharing_without_consent_why": "utter_guide_ask_approve_why",
    "approve_not_telling": "utter_guide_ask_approve_not_telling",
    "approve_not_telling_why": "utter_guide_ask_approve_why",
    "tell_regulator": "utter_guide_ask_tell_regulator",
    "regulator_told": "utter_guide_ask_regulator_told",
    "why_not_regulator": "utter_guide_ask_why_not_regulator",
    "request_read": "utter_guide_ask_request_read",
    "told_now": "utter_guide_ask_told_person",
    "came_how": "utter_guide_ask_came_how",
    "official_body": "utter_guide_ask_official_body",
}
