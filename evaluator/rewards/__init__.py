"""Rewards: a batch of completions scored at once, for those who train models."""

from evaluator.rewards.items import MOST_ITEMS
from evaluator.rewards.model import SMALL, RewardModel
from evaluator.rewards.reward import Reward, RewardUnavailableError

__all__ = ["MOST_ITEMS", "SMALL", "Reward", "RewardModel", "RewardUnavailableError"]
