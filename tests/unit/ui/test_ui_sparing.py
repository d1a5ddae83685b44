"""Streamlit still asks what is answered beforehand."""

import inspect

import streamlit as st
from streamlit.components.v2 import component_manager, manifest_scanner

from ftcore.ui.sparing import spare_streamlit


def test_no_package_is_searched_and_no_frame_looked_up(monkeypatch):
    searched = manifest_scanner.scan_component_manifests
    assert searched() == []  # as none brings a component, nothing is lost
    monkeypatch.setattr(manifest_scanner, "scan_component_manifests", searched)
    flag = "_use_warning_has_been_displayed"
    monkeypatch.setattr(st.delta_generator, flag, False)
    asked = []
    monkeypatch.setattr(inspect, "stack", lambda: asked.append(1) or [(0, "main.py")])
    monkeypatch.setattr(
        manifest_scanner, "_is_likely_streamlit_component_package", asked.append
    )
    spare_streamlit()
    component_manager.BidiComponentManager().discover_and_register_components(
        start_file_watching=False
    )
    st.delta_generator._maybe_print_use_warning()
    assert asked == []


def test_without_it_both_would_be_asked(monkeypatch):
    monkeypatch.setattr(st.delta_generator, "_use_warning_has_been_displayed", False)
    asked = []
    monkeypatch.setattr(inspect, "stack", lambda: asked.append(1) or [(0, "main.py")])
    monkeypatch.setattr(
        manifest_scanner,
        "_is_likely_streamlit_component_package",
        lambda dist: asked.append(dist),
    )
    component_manager.BidiComponentManager().discover_and_register_components(
        start_file_watching=False
    )
    st.delta_generator._maybe_print_use_warning()
    assert len(asked) > 1
