"""What tags mean that no framework's list has."""

from __future__ import annotations

import pytest

from tb_trainmon.tasks.metric_names import depth, label_of, may_lead, meaning_of


@pytest.mark.parametrize("tag", ["Time/train_loss/Mean", "timings/accuracy", "timer/value_loss"])
def test_what_lies_in_a_folder_of_times_is_a_time(tag: str) -> None:
    assert meaning_of(tag, "run").metric is None


def test_a_throughput_may_lie_in_a_folder_of_times() -> None:
    assert meaning_of("time/fps", "run").metric == "env_fps"


@pytest.mark.parametrize("tag", ["Hyperparameters/Lambda_AR", "hparams/uses_CE_loss", "hyper/map"])
def test_what_lies_in_a_folder_of_settings_is_not_measured(tag: str) -> None:
    assert meaning_of(tag, "run").name is None
    assert meaning_of("Hyperparameters/LearningRate", "run").name == "learning_rate"


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("Loss_train", "loss"),
        ("Loss_val", "eval_loss"),
        ("AUC_AUC_test", "eval_loss"),
        ("run_test", "loss"),
        ("val", "eval_loss"),
        ("te", "eval_loss"),
    ],
)
def test_the_folders_of_add_scalars_say_on_which_data(folder: str, name: str) -> None:
    assert meaning_of("Loss", f"runs/{folder}").name == name


def test_an_error_is_a_measure_where_nothing_says_of_what() -> None:
    assert meaning_of("Val Error", "run").name == "eval_error"
    assert meaning_of("tracking_error", "run").name is None


def test_what_stands_behind_the_loss_names_its_part_but_not_what_it_is_counted_by() -> None:
    ranks = [meaning_of(tag, "run").rank for tag in ("loss_target", "loss_per_target_token")]
    assert ranks[0] > ranks[1]


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("Clients/Average_Loss", "Client_0/Loss"),
        ("Training/Total_Reward", "Agents/agent_0_Reward"),
        ("total_reward", "eps_reward_0"),
        ("train/total_loss", "train/main_loss"),
        ("train/rec_loss", "train/aux_loss"),
    ],
)
def test_a_whole_is_a_better_source_than_one_of_several(better: str, worse: str) -> None:
    assert meaning_of(better, "run").rank < meaning_of(worse, "run").rank


def test_a_whole_is_less_deep_than_its_parts() -> None:
    assert depth("train/total") < depth("train/decoder") < depth("train/decoder_high_band")


@pytest.mark.parametrize("tag", ["gpu_memory", "data_time", "epsilon", "buffer/size", "eta_min"])
def test_times_memory_and_counters_are_what_no_training_is_for(tag: str) -> None:
    assert not may_lead(tag)
    assert may_lead("signal")


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("charts/acc_reward", "reward"),
        ("rollout/cum_rew", "reward"),
        ("reward/train_ma100", "reward"),
        ("rewards/accuracies", "accuracy"),
        ("train/vloss", "eval_loss"),
        ("v_loss", "value_loss"),
        ("loss_episode/train", "loss"),
        ("train/total", "loss"),
        ("time/total", None),
        ("steps/total", None),
        ("Loss/PSNR", "psnr"),
        ("Loss/noise", "loss"),
        ("Recall@20", "eval_recall_at_k"),
        ("Recall", "recall"),
        ("Rates/Loss_100", None),
        ("win_rates/red", "win_rate"),
        ("grad_norm/decoder", "grad_norm"),
        ("grad_norm/logit_loss", "grad_norm"),
        ("loss/grad_norm_loss", "loss"),
        ("reward/evaluated", "eval_reward"),
        ("greedy_return", "eval_reward"),
        ("epsilon_greedy_reward", None),
        ("deterministic_return", "eval_reward"),
        ("TestReturns_Maze", "eval_reward"),
        ("reward_adversary_0", "reward"),
        ("Episode_Reward/track", None),
        ("rew_forward", None),
        ("eval/return/lift", "eval_reward"),
        ("return/champion_query", "reward"),
        ("reward/lift", None),
        ("Eval/MaskIoU", "eval_iou"),
        ("dev/loss_intent", "eval_loss"),
        ("val/gender_acc", "eval_accuracy"),
        ("Loss/OpacityEntropyReg", None),
    ],
)
def test_short_words_are_read_by_those_beside_them(tag: str, name: str | None) -> None:
    assert meaning_of(tag, "run").name == name


def test_a_rate_by_the_minute_is_said_by_the_second() -> None:
    meaning = meaning_of("train/steps_per_min", "run")
    assert (meaning.metric, meaning.scale) == ("steps_per_second", 1 / 60)


def test_what_has_a_unit_of_its_own_is_not_said_in_another() -> None:
    meaning = meaning_of("rays_per_sec", "run")
    assert (meaning.metric, meaning.note) == ("throughput", "rays a second")


def test_a_part_of_a_reward_that_is_called_a_score_is_a_part_of_the_reward() -> None:
    assert meaning_of("Reward/boss_score", "run").part_of == "reward"


def test_a_speed_is_called_by_its_unit() -> None:
    assert label_of("env_fps") == "env frames/s"
    assert label_of("tokens_per_second") == "tokens/s"


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("train_acc_step", "accuracy"),
        ("train/Gloss", "loss"),
        ("eval/avg_steps", "eval_episode_length"),
        ("step_avg", None),
        ("val/l1", "eval_loss"),
        ("l1", None),
        ("dev/score", "eval_validation_score"),
        ("eval/score", "eval_reward"),
        ("train/ent_coef_loss", "loss"),
        ("Loss/policy_pred", "loss"),
        ("losses/action_loss", "policy_loss"),
        ("loss_action", "loss"),
        ("img_sec", "samples_per_second"),
        ("throughput/games_per_s", "throughput"),
        ("img/sec/core", "samples_per_second"),
        ("num_environment_frames/sec (learner)", "env_fps"),
        ("train_loss_grad", None),
        ("test/D1", None),
        ("throughput/batch_size", None),
        ("rollout/action_clip_fraction", None),
        ("acc/id", "accuracy"),
        ("accuracies/NMI", "ari"),
        ("entropy/policy", "entropy"),
        ("evaluation/hits10", "eval_hits_at_k"),
        ("train/Learing_rate", "learning_rate"),
    ],
)
def test_what_strangers_wrote_is_read(tag: str, name: str | None) -> None:
    assert meaning_of(tag, "run").name == name
