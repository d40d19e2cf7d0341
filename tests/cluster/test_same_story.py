# SPDX-License-Identifier: EUPL-1.2
"""Jobs that workers hear of by a queue are run as those of the embedded worker: the same stories, told again."""

from tests.engine.conformance.test_async import (  # noqa: F401  # told again, with workers of a queue
    test_a_failed_job_leaves_the_case_as_it_was_before_the_job,
    test_a_failing_job_is_not_tried_before_its_pause_is_over,
    test_a_failing_job_is_tried_as_often_as_the_model_says,
    test_a_job_whose_token_was_withdrawn_never_runs_again,
    test_each_item_has_a_job_of_its_own,
    test_items_in_turn_have_one_job_at_a_time,
    test_jobs_of_one_case_run_one_after_the_other,
    test_the_worker_may_come_before_and_after,
)
from tests.engine.conformance.test_signal_events import (  # noqa: F401  # told again, with workers of a queue
    test_a_case_begun_by_a_thrown_signal_has_its_payload,
    test_a_thrown_signal_reaches_other_cases_after_the_commit,
)
from tests.engine.conformance.test_timer_events import (  # noqa: F401  # told again, with workers of a queue
    test_a_duration_is_written_in_the_model,
    test_timers_of_parallel_branches_are_due_one_after_the_other,
)
from tests.engine.test_jobs import (  # noqa: F401  # told again, with workers of a queue
    test_a_failing_job_is_tried_again_after_each_pause,
    test_a_job_on_its_own_is_recorded_by_its_operation,
    test_a_job_on_its_own_may_wait_for_its_time,
    test_a_job_that_keeps_failing_becomes_an_incident,
    test_an_effect_waits_for_the_worker,
    test_looking_again_later_does_not_count_as_failing,
    test_two_jobs_of_one_case_both_come_back,
)
