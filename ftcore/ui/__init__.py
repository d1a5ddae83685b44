"""The screen: Streamlit frame, Gradio playground, theme and charts."""
