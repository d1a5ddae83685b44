// Plotly takes a finger on a chart for the start of a drag: the page would not scroll,
// and a tap would choose nothing. While no lasso is drawn the touch is kept from it;
// the browser then scrolls, and turns a tap into the mouse events that Plotly obeys.
(() => {
  if (window.__ftMapTouch) return;
  window.__ftMapTouch = true;
  document.addEventListener(
    "touchstart",
    (event) => {
      const plot = event.target.closest?.(".st-key-map .js-plotly-plot");
      if (plot && plot._fullLayout?.dragmode !== "lasso") event.stopPropagation();
    },
    { capture: true, passive: true },
  );
})();
