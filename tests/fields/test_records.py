"""Configs survive a checkpoint."""

from dataclasses import replace

import numpy as np
import pytest

from backend.fields.hash import HashConfig
from backend.fields.hash_encoding import HashEncodingConfig
from backend.fields.records import from_array, to_array
from backend.fields.sdf import SdfConfig


@pytest.mark.parametrize("config", [HashConfig(width=48), SdfConfig(density="volsdf", sharpness=12.5)])
def test_round_trip(config):
    array = to_array(config)
    assert array.dtype == np.uint8
    assert from_array(type(config), array) == config


def test_nested_configs_keep_their_types():
    config = replace(HashConfig(), encoding=HashEncodingConfig(levels=3))
    assert from_array(HashConfig, to_array(config)).encoding == config.encoding


def test_another_config_is_refused():
    with pytest.raises((KeyError, TypeError)):
        from_array(HashEncodingConfig, to_array(SdfConfig()))
