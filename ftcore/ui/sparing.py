"""Spare the first page what Streamlit only finds out for other people's apps."""


def spare_streamlit() -> None:
    """Answer two questions beforehand that cost 0.4 s of the first page on two cores.

    Which installed packages bring components: it reads what each says of itself, and
    none of ours does. Whether this is a Python console: it looks up the source of every
    frame. A version of Streamlit that asks otherwise is only slower.
    """
    from streamlit import delta_generator  # noqa: PLC0415  (after the environment)
    from streamlit.components.v2 import manifest_scanner  # noqa: PLC0415

    manifest_scanner.scan_component_manifests = lambda *_, **__: []
    vars(delta_generator)["_use_warning_has_been_displayed"] = True
